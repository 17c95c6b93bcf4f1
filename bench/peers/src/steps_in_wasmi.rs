//! Calls in steps in wasmi: fuel on, functions translated when the module is loaded, looked up and typed once for a kept instance.
use std::cell::RefCell;

use wasmi::{CompilationMode, Config, Engine, Error, Func, Linker, Memory, Module, Store, TypedFunc};

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
    fn call(&mut self, function: usize, args: &[u64]) -> Result<u64, String> {
        self.functions[function].call(&mut self.store, args)
    }

    fn write(&mut self, at: usize, bytes: &[u8]) -> Result<(), String> {
        self.memory.write(&mut self.store, at, bytes).map_err(|error| error.to_string())
    }

    fn read(&mut self, at: usize, into: &mut [u8]) -> Result<(), String> {
        self.memory.read(&self.store, at, into).map_err(|error| error.to_string())
    }
}

struct Ready<'a> {
    case: &'a Case,
    module: Module,
    known: Vec<Callable>,
    kept: Option<RefCell<Running>>,
}

pub struct Wasmi<'a> {
    engine: Engine,
    linker: Linker<()>,
    cases: Vec<Ready<'a>>,
}

impl Ready<'_> {
    fn start(&self, engine: &Engine, linker: &Linker<()>) -> Result<Running, Error> {
        let mut store = Store::new(engine, ());
        store.set_fuel(FUEL)?;
        let instance = linker.instantiate_and_start(&mut store, &self.module)?;
        let memory = instance.get_memory(&store, MEMORY).ok_or_else(|| Error::new("no memory"))?;
        let mut functions = Vec::with_capacity(self.case.functions.len());
        for (place, name) in self.case.functions.iter().enumerate() {
            let func = instance.get_func(&store, name).ok_or_else(|| Error::new(format!("no export {name}")))?;
            let function = match self.known.get(place) {
                Some(known) => known.again(func, &store),
                None => Callable::new(func, &store),
            };
            functions.push(function.map_err(Error::new)?);
        }
        let mut running = Running { store, memory, functions, slots: Slots::default() };
        let mut slots = Slots::default();
        run_steps(&mut running, &self.case.ready, &mut slots).map_err(Error::new)?;
        running.slots = slots;
        Ok(running)
    }
}

impl<'a> Wasmi<'a> {
    pub fn new(cases: &'a Cases) -> Result<Self, Error> {
        let mut config = Config::default();
        config.consume_fuel(true).compilation_mode(CompilationMode::Eager);
        let engine = Engine::new(&config);
        let linker = Linker::new(&engine);
        let modules = cases.modules.iter().map(|bytes| Module::new(&engine, bytes)).collect::<Result<Vec<_>, _>>()?;
        let ready = |case: &'a Case| -> Result<Ready<'a>, Error> {
            let mut ready = Ready { case, module: modules[case.module].clone(), known: Vec::new(), kept: None };
            let first = ready.start(&engine, &linker)?;
            ready.known = first.functions.clone();
            if case.is_kept {
                ready.kept = Some(RefCell::new(first));
            }
            Ok(ready)
        };
        let cases = cases.cases.iter().map(ready).collect::<Result<_, _>>()?;
        Ok(Wasmi { engine, linker, cases })
    }

    /// The fuel used.
    fn run_once(&self, case: usize) -> Result<u64, String> {
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
            None => steps(&mut ready.start(&self.engine, &self.linker).map_err(|error| error.to_string())?),
        }
    }
}

impl Peer for Wasmi<'_> {
    fn name(&self) -> String {
        format!("wasmi {}", version_of("wasmi"))
    }

    fn run(&self, case: usize) -> Result<(), String> {
        self.run_once(case).map(|_| ())
    }
}

impl Metered for Wasmi<'_> {
    fn fuel(&self, case: usize) -> Result<u64, String> {
        self.run_once(case)
    }
}
