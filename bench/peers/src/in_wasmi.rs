//! wasmi at its best for many short calls: functions translated when the module is loaded, host functions defined once.
use std::sync::Arc;

use wasmi::{Caller, CompilationMode, Config, Engine, Error, Linker, Memory, Module, Store, TrapCode, TypedFunc};

use crate::Peer;
use crate::record::{ALLOCATE, Call, Cases, DEALLOCATE, End, FUEL, MEMORY, pack, unpack};
use crate::version::version_of;

struct Exports {
    memory: Memory,
    allocate: TypedFunc<i32, i32>,
    deallocate: TypedFunc<(i32, i32), ()>,
}

struct State {
    call: Arc<Call>,
    /// the next answer
    next: usize,
    exports: Option<Exports>,
    /// why this is not the recorded call
    differs: Option<String>,
    ended: bool,
}

struct Zome {
    module: Module,
    linker: Linker<State>,
}

pub struct Wasmi {
    engine: Engine,
    zomes: Vec<Zome>,
    cases: Vec<Vec<Arc<Call>>>,
}

fn differs(caller: &mut Caller<'_, State>, reason: String) -> Error {
    caller.data_mut().differs = Some(reason);
    TrapCode::UnreachableCodeReached.into()
}

/// A host function: reads its input from the guest, and writes the recorded answer.
fn serve(caller: &mut Caller<'_, State>, name: &str, at: i32, length: i32) -> Result<i64, Error> {
    let State { call, next, exports, .. } = caller.data_mut();
    let call = call.clone();
    let index = *next;
    *next += 1;
    let Some(Exports { memory, allocate, deallocate }) = exports else {
        return Err(differs(caller, format!("{name} before the instance is there")));
    };
    let (memory, allocate, deallocate) = (*memory, *allocate, *deallocate);
    let mut input = vec![0; length as u32 as usize];
    memory.read(&*caller, at as u32 as usize, &mut input).map_err(Error::from)?;
    deallocate.call(&mut *caller, (at, length))?;
    let Some(recorded) = call.answers.get(index).filter(|answer| answer.name == name && answer.input == input) else {
        return Err(differs(caller, format!("call {index} of the host, {name}, is not the recorded one")));
    };
    let Some(bytes) = &recorded.answer else {
        caller.data_mut().ended = true;
        return Err(TrapCode::UnreachableCodeReached.into());
    };
    let to = allocate.call(&mut *caller, bytes.len() as i32)?;
    memory.write(&mut *caller, to as u32 as usize, bytes).map_err(Error::from)?;
    Ok(pack(to, bytes.len()))
}

fn zome(engine: &Engine, bytes: &[u8]) -> Result<Zome, Error> {
    let module = Module::new(engine, bytes)?;
    let mut linker = Linker::<State>::new(engine);
    for import in module.imports() {
        let name = import.name().to_owned();
        linker.func_wrap(import.module(), import.name(), move |mut caller: Caller<'_, State>, at: i32, length: i32| {
            serve(&mut caller, &name, at, length)
        })?;
    }
    Ok(Zome { module, linker })
}

impl Wasmi {
    pub fn new(cases: &Cases) -> Result<Self, Error> {
        let mut config = Config::default();
        config.consume_fuel(true).compilation_mode(CompilationMode::Eager);
        let engine = Engine::new(&config);
        let zomes = cases.modules.iter().map(|bytes| zome(&engine, bytes)).collect::<Result<Vec<_>, _>>()?;
        Ok(Wasmi { engine, zomes, cases: cases.iter().map(|case| case.calls.clone()).collect() })
    }

    /// A call in a new instance, until the guest ends.
    fn output(&self, call: &Call, store: &mut Store<State>) -> Result<Vec<u8>, Error> {
        let Zome { module, linker } = &self.zomes[call.module];
        let instance = linker.instantiate_and_start(&mut *store, module)?;
        let memory = instance.get_memory(&*store, MEMORY).ok_or_else(|| Error::new("no memory"))?;
        let allocate = instance.get_typed_func::<i32, i32>(&*store, ALLOCATE)?;
        let deallocate = instance.get_typed_func::<(i32, i32), ()>(&*store, DEALLOCATE)?;
        let run = instance.get_typed_func::<(i32, i32), i64>(&*store, &call.export)?;
        store.data_mut().exports = Some(Exports { memory, allocate, deallocate });
        let payload = &call.payload;
        let at = allocate.call(&mut *store, payload.len() as i32)?;
        memory.write(&mut *store, at as u32 as usize, payload).map_err(Error::from)?;
        let (at, length) = unpack(run.call(&mut *store, (at, payload.len() as i32))?);
        let mut output = vec![0; length as u32 as usize];
        memory.read(&*store, at as u32 as usize, &mut output).map_err(Error::from)?;
        deallocate.call(&mut *store, (at, length))?;
        Ok(output)
    }

    fn call(&self, call: &Arc<Call>) -> Result<(), String> {
        let state = State { call: call.clone(), next: 0, exports: None, differs: None, ended: false };
        let mut store = Store::new(&self.engine, state);
        store.set_fuel(FUEL).map_err(|error| error.to_string())?;
        let output = self.output(call, &mut store);
        let State { differs, ended, .. } = store.data();
        if let Some(reason) = differs {
            return Err(reason.clone());
        }
        let is_same = match (&output, &call.end) {
            (Ok(bytes), End::Returned(recorded)) => bytes == recorded,
            (Err(_), End::Ended) => *ended,
            (Err(error), End::Trapped) => !*ended && error.as_trap_code().is_some(),
            _ => false,
        };
        if is_same { Ok(()) } else { Err(format!("it ends in another way: {output:?}")) }
    }
}

impl Peer for Wasmi {
    fn name(&self) -> String {
        format!("wasmi {}", version_of("wasmi"))
    }

    fn run(&self, case: usize) -> Result<(), String> {
        self.cases[case].iter().try_for_each(|call| self.call(call))
    }
}
