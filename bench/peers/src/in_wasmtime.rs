//! wasmtime at its best for many short calls: instances from a pool whose memories keep their pages, imports linked once.
use std::sync::Arc;

use wasmtime::{
    Caller, Config, Enabled, Engine, Error, InstanceAllocationStrategy, InstancePre, Linker, Memory, Module, ModuleExport,
    PoolingAllocationConfig, Result, Store, Trap, TypedFunc,
};

use crate::Peer;
use crate::record::{ALLOCATE, Call, Cases, DEALLOCATE, End, FUEL, MEMORY, pack, unpack};
use crate::version::version_of;

/// Memory that a pooled instance keeps from one call to the next.
const RESIDENT_BYTES: usize = 8 << 20;
const MEMORY_BYTES_MAX: usize = 64 << 20;
/// A call has one at a time.
const INSTANCES: u32 = 4;

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
    instance: InstancePre<State>,
    memory: ModuleExport,
    allocate: ModuleExport,
    deallocate: ModuleExport,
}

struct Replay {
    call: Arc<Call>,
    zome: usize,
    export: ModuleExport,
}

pub struct Wasmtime {
    engine: Engine,
    zomes: Vec<Zome>,
    cases: Vec<Vec<Replay>>,
}

/// An engine with a pool for this many instances at a time.
pub fn engine(instances: u32) -> Result<Engine> {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_core_instances(instances).total_memories(instances).total_tables(2 * instances);
    pool.max_memory_size(MEMORY_BYTES_MAX);
    pool.linear_memory_keep_resident(RESIDENT_BYTES).table_keep_resident(RESIDENT_BYTES);
    pool.pagemap_scan(Enabled::Auto);
    let mut config = Config::new();
    config.consume_fuel(true).wasm_backtrace_max_frames(None);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    Engine::new(&config)
}

fn differs(caller: &mut Caller<'_, State>, reason: String) -> Error {
    caller.data_mut().differs = Some(reason);
    Trap::UnreachableCodeReached.into()
}

/// A host function: reads its input from the guest, and writes the recorded answer.
fn serve(caller: &mut Caller<'_, State>, name: &str, at: i32, length: i32) -> Result<i64> {
    let State { call, next, exports, .. } = caller.data_mut();
    let call = call.clone();
    let index = *next;
    *next += 1;
    let Some(Exports { memory, allocate, deallocate }) = exports else {
        return Err(differs(caller, format!("{name} before the instance is there")));
    };
    let (memory, allocate, deallocate) = (*memory, allocate.clone(), deallocate.clone());
    let mut input = vec![0; length as u32 as usize];
    memory.read(&caller, at as u32 as usize, &mut input)?;
    deallocate.call(&mut *caller, (at, length))?;
    let Some(recorded) = call.answers.get(index).filter(|answer| answer.name == name && answer.input == input) else {
        return Err(differs(caller, format!("call {index} of the host, {name}, is not the recorded one")));
    };
    let Some(bytes) = &recorded.answer else {
        caller.data_mut().ended = true;
        return Err(Trap::UnreachableCodeReached.into());
    };
    let to = allocate.call(&mut *caller, bytes.len() as i32)?;
    memory.write(&mut *caller, to as u32 as usize, bytes)?;
    Ok(pack(to, bytes.len()))
}

fn zome(engine: &Engine, bytes: &[u8]) -> Result<(Module, Zome)> {
    let module = Module::new(engine, bytes)?;
    let mut linker = Linker::<State>::new(engine);
    for import in module.imports() {
        let name = import.name().to_owned();
        linker.func_wrap(import.module(), import.name(), move |mut caller: Caller<'_, State>, at: i32, length: i32| {
            serve(&mut caller, &name, at, length)
        })?;
    }
    let export = |name: &str| module.get_export_index(name).ok_or_else(|| Error::msg(format!("no export {name}")));
    let zome = Zome {
        instance: linker.instantiate_pre(&module)?,
        memory: export(MEMORY)?,
        allocate: export(ALLOCATE)?,
        deallocate: export(DEALLOCATE)?,
    };
    Ok((module, zome))
}

impl Wasmtime {
    pub fn new(cases: &Cases) -> Result<Self> {
        let engine = engine(INSTANCES)?;
        let loaded = cases.modules.iter().map(|bytes| zome(&engine, bytes)).collect::<Result<Vec<_>>>()?;
        let replay = |call: &Arc<Call>| {
            let export = loaded[call.module].0.get_export_index(&call.export);
            let export = export.ok_or_else(|| Error::msg(format!("no export {}", call.export)))?;
            Ok(Replay { call: call.clone(), zome: call.module, export })
        };
        let replays = cases.iter().map(|case| case.calls.iter().map(replay).collect()).collect::<Result<_>>()?;
        Ok(Wasmtime { engine, zomes: loaded.into_iter().map(|(_, zome)| zome).collect(), cases: replays })
    }

    /// A call in a new instance, until the guest ends.
    fn output(&self, replay: &Replay, store: &mut Store<State>) -> Result<Vec<u8>> {
        let zome = &self.zomes[replay.zome];
        let instance = zome.instance.instantiate(&mut *store)?;
        let function = |store: &mut Store<State>, export| {
            let found = instance.get_module_export(store, export).and_then(|item| item.into_func());
            found.ok_or_else(|| Error::msg("an export is no function"))
        };
        let memory = instance.get_module_export(&mut *store, &zome.memory).and_then(|item| item.into_memory());
        let memory = memory.ok_or_else(|| Error::msg("no memory"))?;
        let allocate = function(store, &zome.allocate)?.typed::<i32, i32>(&store)?;
        let deallocate = function(store, &zome.deallocate)?.typed::<(i32, i32), ()>(&store)?;
        let run = function(store, &replay.export)?.typed::<(i32, i32), i64>(&store)?;
        store.data_mut().exports = Some(Exports { memory, allocate: allocate.clone(), deallocate: deallocate.clone() });
        let payload = &replay.call.payload;
        let at = allocate.call(&mut *store, payload.len() as i32)?;
        memory.write(&mut *store, at as u32 as usize, payload)?;
        let (at, length) = unpack(run.call(&mut *store, (at, payload.len() as i32))?);
        let mut output = vec![0; length as u32 as usize];
        memory.read(&store, at as u32 as usize, &mut output)?;
        deallocate.call(&mut *store, (at, length))?;
        Ok(output)
    }

    fn call(&self, replay: &Replay) -> std::result::Result<(), String> {
        let state = State { call: replay.call.clone(), next: 0, exports: None, differs: None, ended: false };
        let mut store = Store::new(&self.engine, state);
        store.set_fuel(FUEL).map_err(|error| error.to_string())?;
        let output = self.output(replay, &mut store);
        let State { differs, ended, .. } = store.data();
        if let Some(reason) = differs {
            return Err(reason.clone());
        }
        let is_same = match (&output, &replay.call.end) {
            (Ok(bytes), End::Returned(recorded)) => bytes == recorded,
            (Err(_), End::Ended) => *ended,
            (Err(error), End::Trapped) => !*ended && error.is::<Trap>(),
            _ => false,
        };
        if is_same { Ok(()) } else { Err(format!("it ends in another way: {output:?}")) }
    }
}

impl Peer for Wasmtime {
    fn name(&self) -> String {
        format!("wasmtime {}", version_of("wasmtime"))
    }

    fn run(&self, case: usize) -> std::result::Result<(), String> {
        self.cases[case].iter().try_for_each(|replay| self.call(replay))
    }
}
