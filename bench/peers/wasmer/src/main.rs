//! The phases of a module in wasmer's compilers, as JSON. No metering.
//!
//!     assay-bench-wasmer ENGINE FILE EXPORT TIMES ARGS...     ENGINE: wasmer-cranelift or wasmer-singlepass
#[path = "../../src/clock.rs"]
mod clock;
#[path = "../../src/phases.rs"]
mod phases;

use std::error::Error;

use phases::{Asked, Engine, Number};
use wasmer::sys::{Cranelift, EngineBuilder, Singlepass};
use wasmer::{Extern, ExternType, Function, Imports, Instance, Module, Store, Type, Value};

const LOCK: &str = include_str!("../Cargo.lock");

fn version() -> &'static str {
    let start = LOCK.find("name = \"wasmer\"\n").expect("it is in the lock file");
    LOCK[start..].split('"').nth(3).expect("its version follows its name")
}

struct Wasmer {
    engine: wasmer::Engine,
    compiler: &'static str,
}

fn message(error: impl std::fmt::Debug) -> String {
    format!("{error:?}")
}

fn zero(kind: &Type) -> Result<Value, String> {
    match kind {
        Type::I32 => Ok(Value::I32(0)),
        Type::I64 => Ok(Value::I64(0)),
        Type::F32 => Ok(Value::F32(0.0)),
        Type::F64 => Ok(Value::F64(0.0)),
        other => Err(format!("{other} has no zero here")),
    }
}

impl Engine for Wasmer {
    type Module = Module;
    type Instance = (Store, Instance);

    fn name(&self) -> String {
        format!("wasmer {} {}", version(), self.compiler)
    }

    fn parse(&self, bytes: &[u8]) -> Option<Result<(), String>> {
        Some(Module::validate(&self.engine, bytes).map_err(message))
    }

    fn compile(&self, bytes: &[u8]) -> Result<Module, String> {
        Module::new(&self.engine, bytes).map_err(message)
    }

    fn save(&self, module: &Module) -> Option<Result<Vec<u8>, String>> {
        Some(module.serialize().map(|saved| saved.to_vec()).map_err(message))
    }

    fn load(&self, saved: &[u8]) -> Result<Module, String> {
        // SAFETY: the bytes are those that this engine saved in this process.
        unsafe { Module::deserialize(&self.engine, saved.to_vec()) }.map_err(message)
    }

    fn instantiate(&self, module: &Module) -> Result<Self::Instance, String> {
        let mut store = Store::new(self.engine.clone());
        let mut imports = Imports::new();
        for import in module.imports() {
            let ExternType::Function(kind) = import.ty() else {
                return Err(format!("{} is no function", import.name()));
            };
            let zeros: Vec<Value> = kind.results().iter().map(zero).collect::<Result<_, _>>()?;
            let function = Function::new(&mut store, kind.clone(), move |_| Ok(zeros.clone()));
            imports.define(import.module(), import.name(), Extern::Function(function));
        }
        let instance = Instance::new(&mut store, module, &imports).map_err(message)?;
        Ok((store, instance))
    }

    fn call(&self, (store, instance): &mut Self::Instance, export: &str, args: &[Number]) -> Result<Vec<Number>, String> {
        let function = instance.exports.get_function(export).map_err(message)?;
        let args: Vec<Value> = args.iter().map(|number| value_of(*number)).collect();
        let results = function.call(store, &args).map_err(message)?;
        results.iter().map(number_of).collect()
    }
}

fn value_of(number: Number) -> Value {
    match number {
        Number::I32(bits) => Value::I32(bits as i32),
        Number::I64(bits) => Value::I64(bits as i64),
        Number::F32(bits) => Value::F32(f32::from_bits(bits)),
        Number::F64(bits) => Value::F64(f64::from_bits(bits)),
    }
}

fn number_of(value: &Value) -> Result<Number, String> {
    match value {
        Value::I32(value) => Ok(Number::I32(*value as u32)),
        Value::I64(value) => Ok(Number::I64(*value as u64)),
        Value::F32(value) => Ok(Number::F32(value.to_bits())),
        Value::F64(value) => Ok(Number::F64(value.to_bits())),
        other => Err(format!("{other:?} is no number")),
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (engine, compiler) = match args.first().map(String::as_str) {
        Some("wasmer-cranelift") => (EngineBuilder::new(Cranelift::default()).engine().into(), "cranelift"),
        Some("wasmer-singlepass") => (EngineBuilder::new(Singlepass::default()).engine().into(), "singlepass"),
        _ => return Err("usage: assay-bench-wasmer ENGINE FILE EXPORT TIMES ARGS...".into()),
    };
    println!("{}", phases::phases(&Wasmer { engine, compiler }, &Asked::read(&args[1..])?)?);
    Ok(())
}
