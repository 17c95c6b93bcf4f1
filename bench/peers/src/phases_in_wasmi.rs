//! The phases in wasmi, with fuel and without. Functions are translated when a module is compiled.
use wasmi::{CompilationMode, Config, Error, ExternType, Func, Instance, Linker, Module, Store, Val};

use crate::phases::{Engine, Number};
use crate::record::FUEL;
use crate::version::version_of;

pub struct Wasmi {
    engine: wasmi::Engine,
    is_metered: bool,
}

fn message(error: Error) -> String {
    error.to_string()
}

impl Wasmi {
    pub fn new(is_metered: bool) -> Self {
        let mut config = Config::default();
        config.consume_fuel(is_metered).compilation_mode(CompilationMode::Eager);
        Wasmi { engine: wasmi::Engine::new(&config), is_metered }
    }
}

impl Engine for Wasmi {
    type Module = Module;
    type Instance = (Store<()>, Instance);

    fn name(&self) -> String {
        let with = if self.is_metered { " with fuel" } else { "" };
        format!("wasmi {}{with}", version_of("wasmi"))
    }

    fn parse(&self, bytes: &[u8]) -> Option<Result<(), String>> {
        Some(Module::validate(&self.engine, bytes).map_err(message))
    }

    fn compile(&self, bytes: &[u8]) -> Result<Module, String> {
        Module::new(&self.engine, bytes).map_err(message)
    }

    fn save(&self, _module: &Module) -> Option<Result<Vec<u8>, String>> {
        None
    }

    fn load(&self, _saved: &[u8]) -> Result<Module, String> {
        Err("wasmi saves no modules".into())
    }

    fn instantiate(&self, module: &Module) -> Result<Self::Instance, String> {
        let mut store = Store::new(&self.engine, ());
        if self.is_metered {
            store.set_fuel(FUEL * 1_000_000).map_err(message)?;
        }
        let mut linker = Linker::new(&self.engine);
        for import in module.imports() {
            let ExternType::Func(function) = import.ty() else {
                return Err(format!("{} is no function", import.name()));
            };
            let zeros: Vec<Val> = function.results().iter().map(|kind| Val::default_for_ty(*kind)).collect();
            let func = Func::new(&mut store, function.clone(), move |_, _, results| {
                results.clone_from_slice(&zeros);
                Ok(())
            });
            linker.define(import.module(), import.name(), func).map_err(|error| error.to_string())?;
        }
        let instance = linker.instantiate_and_start(&mut store, module).map_err(message)?;
        Ok((store, instance))
    }

    fn call(&self, (store, instance): &mut Self::Instance, export: &str, args: &[Number]) -> Result<Vec<Number>, String> {
        let func = instance.get_func(&*store, export).ok_or_else(|| format!("no export {export}"))?;
        let args: Vec<Val> = args.iter().map(|number| val_of(*number)).collect();
        let mut results: Vec<Val> = func.ty(&*store).results().iter().map(|kind| Val::default_for_ty(*kind)).collect();
        func.call(store, &args, &mut results).map_err(message)?;
        results.iter().map(number_of).collect()
    }
}

fn val_of(number: Number) -> Val {
    match number {
        Number::I32(bits) => Val::I32(bits as i32),
        Number::I64(bits) => Val::I64(bits as i64),
        Number::F32(bits) => Val::F32(f32::from_bits(bits).into()),
        Number::F64(bits) => Val::F64(f64::from_bits(bits).into()),
    }
}

fn number_of(value: &Val) -> Result<Number, String> {
    match value {
        Val::I32(value) => Ok(Number::I32(*value as u32)),
        Val::I64(value) => Ok(Number::I64(*value as u64)),
        Val::F32(value) => Ok(Number::F32(value.to_bits())),
        Val::F64(value) => Ok(Number::F64(value.to_bits())),
        other => Err(format!("{other:?} is no number")),
    }
}
