//! The phases in wasmtime, with fuel and without.
use wasmtime::{Config, Instance, Linker, Module, Store, Val};

use crate::phases::{Engine, Number};
use crate::record::FUEL;
use crate::version::version_of;

pub struct Wasmtime {
    engine: wasmtime::Engine,
    is_metered: bool,
}

fn message(error: wasmtime::Error) -> String {
    format!("{error:?}")
}

impl Wasmtime {
    pub fn new(is_metered: bool) -> Result<Self, String> {
        let mut config = Config::new();
        config.consume_fuel(is_metered).wasm_backtrace_max_frames(None);
        let engine = wasmtime::Engine::new(&config).map_err(message)?;
        Ok(Wasmtime { engine, is_metered })
    }
}

impl Engine for Wasmtime {
    type Module = Module;
    type Instance = (Store<()>, Instance);

    fn name(&self) -> String {
        let with = if self.is_metered { " with fuel" } else { "" };
        format!("wasmtime {}{with}", version_of("wasmtime"))
    }

    fn parse(&self, bytes: &[u8]) -> Option<Result<(), String>> {
        Some(Module::validate(&self.engine, bytes).map_err(message))
    }

    fn compile(&self, bytes: &[u8]) -> Result<Module, String> {
        Module::new(&self.engine, bytes).map_err(message)
    }

    fn save(&self, module: &Module) -> Option<Result<Vec<u8>, String>> {
        Some(module.serialize().map_err(message))
    }

    fn load(&self, saved: &[u8]) -> Result<Module, String> {
        // SAFETY: the bytes are those that this engine saved in this process.
        unsafe { Module::deserialize(&self.engine, saved) }.map_err(message)
    }

    fn instantiate(&self, module: &Module) -> Result<Self::Instance, String> {
        let mut store = Store::new(&self.engine, ());
        if self.is_metered {
            store.set_fuel(FUEL * 1_000_000).map_err(message)?;
        }
        let mut linker = Linker::new(&self.engine);
        linker.define_unknown_imports_as_default_values(&mut store, module).map_err(message)?;
        let instance = linker.instantiate(&mut store, module).map_err(message)?;
        Ok((store, instance))
    }

    fn call(&self, (store, instance): &mut Self::Instance, export: &str, args: &[Number]) -> Result<Vec<Number>, String> {
        let func = instance.get_func(&mut *store, export).ok_or_else(|| format!("no export {export}"))?;
        let args: Vec<Val> = args.iter().map(|number| val_of(*number)).collect();
        let mut results = vec![Val::I32(0); func.ty(&*store).results().len()];
        func.call(store, &args, &mut results).map_err(message)?;
        results.iter().map(number_of).collect()
    }
}

fn val_of(number: Number) -> Val {
    match number {
        Number::I32(bits) => Val::I32(bits as i32),
        Number::I64(bits) => Val::I64(bits as i64),
        Number::F32(bits) => Val::F32(bits),
        Number::F64(bits) => Val::F64(bits),
    }
}

fn number_of(value: &Val) -> Result<Number, String> {
    match value {
        Val::I32(value) => Ok(Number::I32(*value as u32)),
        Val::I64(value) => Ok(Number::I64(*value as u64)),
        Val::F32(bits) => Ok(Number::F32(*bits)),
        Val::F64(bits) => Ok(Number::F64(*bits)),
        other => Err(format!("{other:?} is no number")),
    }
}
