//! The phases of a module in an engine, once each in this process: a parse, b compile, b' save, c' load, c instantiate, d call; then
//! instantiate and call repeatedly. wasmer's program also uses this file.
use std::time::Instant;

use serde_json::{Map, Value, json};

use crate::clock::{milliseconds_of, nanoseconds_of_each};

pub trait Engine {
    type Module;
    type Instance;
    fn name(&self) -> String;
    /// Decodes and validates it, and keeps nothing. `None`: it cannot do that separately.
    fn parse(&self, bytes: &[u8]) -> Option<Result<(), String>>;
    /// Also parses it: no engine here compiles a module that was parsed separately.
    fn compile(&self, bytes: &[u8]) -> Result<Self::Module, String>;
    /// `None`: it has no saved form.
    fn save(&self, module: &Self::Module) -> Option<Result<Vec<u8>, String>>;
    fn load(&self, saved: &[u8]) -> Result<Self::Module, String>;
    /// Imported functions return zeros.
    fn instantiate(&self, module: &Self::Module) -> Result<Self::Instance, String>;
    /// Arguments and results are `i32:5`; results have their bits in hexadecimal.
    fn call(&self, instance: &mut Self::Instance, export: &str, args: &[Number]) -> Result<Vec<Number>, String>;
}

/// A number by its type and bits.
#[derive(Clone, Copy)]
pub enum Number {
    I32(u32),
    I64(u64),
    F32(u32),
    F64(u64),
}

impl Number {
    fn read(text: &str) -> Result<Number, String> {
        let (kind, digits) = text.split_once(':').ok_or_else(|| format!("{text} is no number"))?;
        let number: i128 = digits.parse().map_err(|_| format!("{digits} is no whole number"))?;
        match kind {
            "i32" => Ok(Number::I32(number as u32)),
            "i64" => Ok(Number::I64(number as u64)),
            _ => Err(format!("arguments of type {kind} are not taken")),
        }
    }

    fn print(self) -> String {
        match self {
            Number::I32(bits) => format!("i32:0x{bits:08x}"),
            Number::I64(bits) => format!("i64:0x{bits:016x}"),
            Number::F32(bits) => format!("f32:0x{bits:08x}"),
            Number::F64(bits) => format!("f64:0x{bits:016x}"),
        }
    }
}

/// A request to an engine.
pub struct Asked {
    pub bytes: Vec<u8>,
    pub export: String,
    /// how often it is instantiated and called after the first time
    pub times: usize,
    pub args: Vec<Number>,
}

impl Asked {
    /// `FILE EXPORT TIMES ARGS...`
    pub fn read(args: &[String]) -> Result<Asked, String> {
        let [file, export, times, numbers @ ..] = args else {
            return Err("FILE EXPORT TIMES ARGS... were expected".into());
        };
        Ok(Asked {
            bytes: std::fs::read(file).map_err(|error| error.to_string())?,
            export: export.clone(),
            times: times.parse().map_err(|_| format!("{times} is no count"))?,
            args: numbers.iter().map(|text| Number::read(text)).collect::<Result<_, _>>()?,
        })
    }
}

pub fn phases<E: Engine>(engine: &E, asked: &Asked) -> Result<Value, String> {
    let Asked { bytes, export, times, args } = asked;
    let mut figures = Map::new();
    let began = Instant::now();
    let (parse, parsed) = milliseconds_of(|| engine.parse(bytes));
    let (compile, module) = milliseconds_of(|| engine.compile(bytes));
    let module = module?;
    if let Some(parsed) = parsed {
        parsed?;
        figures.insert("parse".into(), json!(parse));
    }
    figures.insert("parse and compile".into(), json!(compile));
    let (save, saved) = milliseconds_of(|| engine.save(&module));
    if let Some(saved) = saved {
        let saved = saved?;
        let (load, loaded) = milliseconds_of(|| engine.load(&saved));
        loaded?;
        figures.insert("save".into(), json!(save));
        figures.insert("saved bytes".into(), json!(saved.len()));
        figures.insert("load".into(), json!(load));
    }
    let (instantiate, instance) = milliseconds_of(|| engine.instantiate(&module));
    let mut instance = instance?;
    let (call, results) = milliseconds_of(|| engine.call(&mut instance, export, args));
    let results: Vec<String> = results?.into_iter().map(Number::print).collect();
    figures.insert("instantiate".into(), json!(instantiate));
    figures.insert("call".into(), json!(call));
    if *times > 0 {
        let again = nanoseconds_of_each(*times, || {
            let mut instance = engine.instantiate(&module)?;
            engine.call(&mut instance, export, args).map(|_| ())
        })?;
        figures.insert("again".into(), json!(again / 1e6));
    }
    figures.insert("all".into(), json!(began.elapsed().as_secs_f64() * 1e3));
    Ok(json!({ "engine": engine.name(), "results": results, "phases": figures }))
}
