//! The phases in the wasmi that the old reports measured: a stack machine, without fuel. Only for modules without imports.
use wasmi_of_2019::{ImportsBuilder, Module, ModuleInstance, ModuleRef, NopExternals, RuntimeValue};

use crate::phases::{Engine, Number};

pub struct WasmiOf2019;

fn message(error: wasmi_of_2019::Error) -> String {
    error.to_string()
}

impl Engine for WasmiOf2019 {
    type Module = Module;
    type Instance = ModuleRef;

    fn name(&self) -> String {
        "wasmi 0.5.1".into()
    }

    fn parse(&self, _bytes: &[u8]) -> Option<Result<(), String>> {
        None
    }

    fn compile(&self, bytes: &[u8]) -> Result<Module, String> {
        Module::from_buffer(bytes).map_err(message)
    }

    fn save(&self, _module: &Module) -> Option<Result<Vec<u8>, String>> {
        None
    }

    fn load(&self, _saved: &[u8]) -> Result<Module, String> {
        Err("wasmi saves no modules".into())
    }

    fn instantiate(&self, module: &Module) -> Result<ModuleRef, String> {
        let instance = ModuleInstance::new(module, &ImportsBuilder::default()).map_err(message)?;
        instance.run_start(&mut NopExternals).map_err(|trap| trap.to_string())
    }

    fn call(&self, instance: &mut ModuleRef, export: &str, args: &[Number]) -> Result<Vec<Number>, String> {
        let args: Vec<RuntimeValue> = args.iter().map(|number| value_of(*number)).collect();
        let result = instance.invoke_export(export, &args, &mut NopExternals).map_err(message)?;
        Ok(result.map(number_of).into_iter().collect())
    }
}

fn value_of(number: Number) -> RuntimeValue {
    match number {
        Number::I32(bits) => RuntimeValue::I32(bits as i32),
        Number::I64(bits) => RuntimeValue::I64(bits as i64),
        Number::F32(bits) => RuntimeValue::F32(f32::from_bits(bits).into()),
        Number::F64(bits) => RuntimeValue::F64(f64::from_bits(bits).into()),
    }
}

fn number_of(value: RuntimeValue) -> Number {
    match value {
        RuntimeValue::I32(value) => Number::I32(value as u32),
        RuntimeValue::I64(value) => Number::I64(value as u64),
        RuntimeValue::F32(value) => Number::F32(value.to_bits()),
        RuntimeValue::F64(value) => Number::F64(value.to_bits()),
    }
}
