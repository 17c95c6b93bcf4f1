//! Modules of wasm-smith: for each line with a seed on the standard input the length (four bytes, little endian) and the
//! bytes of a module on the standard output. The same seed gives the same module.
use std::io::{self, BufRead, Write};

use arbitrary::Unstructured;
use wasm_smith::{Config, Module};

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, count: u64) -> usize {
        (self.next() % count) as usize
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next() as u8).collect()
    }
}

/// The features of the profile, and sizes from a few functions to hundreds.
fn config(random: &mut Random) -> Config {
    let large = random.below(4) == 0;
    let many = if large { 40 + random.below(400) } else { 1 + random.below(12) };
    Config {
        allow_start_export: true,
        export_everything: true,
        min_funcs: many,
        max_funcs: many,
        min_types: 1,
        max_types: if large { 300 } else { 12 },
        min_globals: if large { many / 2 } else { 0 },
        max_globals: if large { 400 } else { 10 },
        max_exports: 1000,
        max_imports: 0,
        max_instructions: 20 + random.below(400),
        max_nesting_depth: 3 + random.below(60),
        max_tables: 4,
        max_table_elements: 200,
        max_elements: 60,
        max_element_segments: if large { 150 } else { 6 },
        max_data_segments: if large { 150 } else { 6 },
        min_memories: u32::from(random.below(5) > 0),
        max_memories: 1,
        max_memory32_bytes: 16 << 16,
        memory_max_size_required: random.below(2) == 0,
        max_values: 12,
        // Integers in longer encodings than necessary.
        min_uleb_size: if random.below(4) == 0 { 1 + random.below(5) as u8 } else { 1 },
        bulk_memory_enabled: true,
        multi_value_enabled: true,
        reference_types_enabled: true,
        saturating_float_to_int_enabled: true,
        sign_extension_ops_enabled: true,
        tail_call_enabled: true,
        extended_const_enabled: true,
        compact_imports_enabled: false,
        exceptions_enabled: false,
        gc_enabled: false,
        memory64_enabled: false,
        relaxed_simd_enabled: false,
        simd_enabled: false,
        threads_enabled: false,
        wide_arithmetic_enabled: false,
        ..Config::default()
    }
}

fn module(seed: u64) -> arbitrary::Result<Vec<u8>> {
    let mut random = Random(seed);
    let config = config(&mut random);
    let length = 2_000 + config.max_funcs * (20 + random.below(300));
    let bytes = random.bytes(length);
    Ok(Module::new(config, &mut Unstructured::new(&bytes))?.to_bytes())
}

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let seed = line?.trim().parse().map_err(io::Error::other)?;
        // From some bytes wasm-smith makes no module; the result is then empty.
        let bytes = module(seed).unwrap_or_default();
        out.write_all(&(bytes.len() as u32).to_le_bytes())?;
        out.write_all(&bytes)?;
        out.flush()?;
    }
    Ok(())
}
