//! Calls in steps in wasmtime: fuel on, instances from the pool, functions looked up and typed once for a kept instance.
use std::cell::RefCell;

use wasmtime::{Engine, Error, Func, Instance, InstancePre, Linker, Memory, Module, ModuleExport, Result, Store, TypedFunc};

use crate::in_wasmtime::engine;
use crate::record::{FUEL, MEMORY};
use crate::steps::{Case, Cases, Guest, Slots, run_steps};
use crate::version::version_of;
use crate::{Metered, Peer, callable};

callable!(Func, TypedFunc, Store<()>);

struct Running {
    store: Store<()>,
    memory: Memory,
    functions: Vec<Callable>,
    slots: Slots,
}

impl Guest for Running {
    fn call(&mut self, function: usize, args: &[u64]) -> std::result::Result<u64, String> {
        self.functions[function].call(&mut self.store, args)
    }

    fn write(&mut self, at: usize, bytes: &[u8]) -> std::result::Result<(), String> {
        self.memory.write(&mut self.store, at, bytes).map_err(|error| error.to_string())
    }

    fn read(&mut self, at: usize, into: &mut [u8]) -> std::result::Result<(), String> {
        self.memory.read(&self.store, at, into).map_err(|error| error.to_string())
    }
}

struct Ready<'a> {
    case: &'a Case,
    instance: InstancePre<()>,
    memory: ModuleExport,
    functions: Vec<ModuleExport>,
    known: Vec<Callable>,
    kept: Option<RefCell<Running>>,
}

pub struct Wasmtime<'a> {
    engine: Engine,
    cases: Vec<Ready<'a>>,
}

fn export_of(module: &Module, name: &str) -> Result<ModuleExport> {
    module.get_export_index(name).ok_or_else(|| Error::msg(format!("no export {name}")))
}

fn func_of(store: &mut Store<()>, instance: &Instance, export: &ModuleExport) -> Result<Func> {
    let found = instance.get_module_export(store, export).and_then(|item| item.into_func());
    found.ok_or_else(|| Error::msg("an export is no function"))
}

impl Ready<'_> {
    fn start(&self, engine: &Engine) -> Result<Running> {
        let mut store = Store::new(engine, ());
        store.set_fuel(FUEL)?;
        let instance = self.instance.instantiate(&mut store)?;
        let memory = instance.get_module_export(&mut store, &self.memory).and_then(|item| item.into_memory());
        let memory = memory.ok_or_else(|| Error::msg("no memory"))?;
        let mut functions = Vec::with_capacity(self.functions.len());
        for (place, export) in self.functions.iter().enumerate() {
            let func = func_of(&mut store, &instance, export)?;
            let function = match self.known.get(place) {
                Some(known) => known.again(func, &store),
                None => Callable::new(func, &store),
            };
            functions.push(function.map_err(Error::msg)?);
        }
        let mut running = Running { store, memory, functions, slots: Slots::default() };
        let Running { slots, .. } = &mut running;
        let mut own = std::mem::take(slots);
        run_steps(&mut running, &self.case.ready, &mut own).map_err(Error::msg)?;
        running.slots = own;
        Ok(running)
    }
}

impl<'a> Wasmtime<'a> {
    pub fn new(cases: &'a Cases) -> Result<Self> {
        // Each case may keep an instance, and creates one before that is known.
        let engine = engine(cases.cases.len() as u32 + 1)?;
        let modules = cases.modules.iter().map(|bytes| Module::new(&engine, bytes)).collect::<Result<Vec<_>>>()?;
        let linker = Linker::<()>::new(&engine);
        let ready = |case: &'a Case| -> Result<Ready<'a>> {
            let module = &modules[case.module];
            let functions = case.functions.iter().map(|name| export_of(module, name)).collect::<Result<Vec<_>>>()?;
            let instance = linker.instantiate_pre(module)?;
            let memory = export_of(module, MEMORY)?;
            let mut ready = Ready { case, instance, memory, functions, known: Vec::new(), kept: None };
            let first = ready.start(&engine)?;
            ready.known = first.functions.clone();
            if case.is_kept {
                ready.kept = Some(RefCell::new(first));
            }
            Ok(ready)
        };
        let cases = cases.cases.iter().map(ready).collect::<Result<_>>()?;
        Ok(Wasmtime { engine, cases })
    }

    /// The fuel used.
    fn run_once(&self, case: usize) -> std::result::Result<u64, String> {
        let ready = &self.cases[case];
        let steps = |running: &mut Running| {
            let mut slots = running.slots;
            run_steps(running, &ready.case.steps, &mut slots)?;
            running.store.get_fuel().map(|left| FUEL - left).map_err(|error| error.to_string())
        };
        match &ready.kept {
            Some(kept) => {
                let running = &mut *kept.borrow_mut();
                running.store.set_fuel(FUEL).map_err(|error| error.to_string())?;
                steps(running)
            }
            None => steps(&mut ready.start(&self.engine).map_err(|error| error.to_string())?),
        }
    }
}

impl Peer for Wasmtime<'_> {
    fn name(&self) -> String {
        format!("wasmtime {}", version_of("wasmtime"))
    }

    fn run(&self, case: usize) -> std::result::Result<(), String> {
        self.run_once(case).map(|_| ())
    }
}

impl Metered for Wasmtime<'_> {
    fn fuel(&self, case: usize) -> std::result::Result<u64, String> {
        self.run_once(case)
    }
}
