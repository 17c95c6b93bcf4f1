//! Calls in steps: what a host does to a guest for one call of an ABI, as bench/abi/abis.ts defines it. One loop runs them in
//! every engine. A step whose value or bytes are not the expected ones fails the run.
use std::error::Error;
use std::path::Path;

use serde_json::Value;

use crate::record::{bytes, list, text};

/// The source of a number: a constant, or a slot that an earlier step has set.
#[derive(Clone, Copy)]
pub enum Source {
    Number(u64),
    Slot(usize),
    /// the high 32 bits of a slot
    High(usize),
    /// the low 32 bits
    Low(usize),
}

pub enum Step {
    Call { function: usize, args: Vec<Source>, into: usize },
    Write { bytes: Vec<u8>, at: Source },
    ExpectBytes { bytes: Vec<u8>, at: Source },
    ExpectValue { value: u64, slot: usize },
}

pub struct Case {
    pub name: String,
    /// index of the module
    pub module: usize,
    /// one instance for all runs; otherwise a new one for each
    pub is_kept: bool,
    /// names of the called exports; the index is the number
    pub functions: Vec<String>,
    /// once for each instance
    pub ready: Vec<Step>,
    pub steps: Vec<Step>,
}

pub struct Cases {
    /// bytes of the modules
    pub modules: Vec<Vec<u8>>,
    pub cases: Vec<Case>,
}

const SLOTS: usize = 8;
pub type Slots = [u64; SLOTS];

/// An instance with its store.
pub trait Guest {
    fn call(&mut self, function: usize, args: &[u64]) -> Result<u64, String>;
    fn write(&mut self, at: usize, bytes: &[u8]) -> Result<(), String>;
    fn read(&mut self, at: usize, into: &mut [u8]) -> Result<(), String>;
}

fn number(source: Source, slots: &Slots) -> u64 {
    match source {
        Source::Number(number) => number,
        Source::Slot(slot) => slots[slot],
        Source::High(slot) => slots[slot] >> 32,
        Source::Low(slot) => slots[slot] & 0xffff_ffff,
    }
}

pub fn run_steps(guest: &mut impl Guest, steps: &[Step], slots: &mut Slots) -> Result<(), String> {
    let mut read = [0; 256];
    for step in steps {
        match step {
            Step::Call { function, args, into } => {
                let mut given = [0; 4];
                for (place, source) in given.iter_mut().zip(args) {
                    *place = number(*source, slots);
                }
                slots[*into] = guest.call(*function, &given[..args.len()])?;
            }
            Step::Write { bytes, at } => guest.write(number(*at, slots) as usize, bytes)?,
            Step::ExpectBytes { bytes, at } => {
                let at = number(*at, slots) as usize;
                let mut long = Vec::new();
                let into = if bytes.len() <= read.len() {
                    &mut read[..bytes.len()]
                } else {
                    long.resize(bytes.len(), 0);
                    &mut long[..]
                };
                guest.read(at, into)?;
                if *into != bytes[..] {
                    return Err("other bytes than expected".into());
                }
            }
            Step::ExpectValue { value, slot } => {
                if slots[*slot] != *value {
                    return Err(format!("{} and not {value}", slots[*slot]));
                }
            }
        }
    }
    Ok(())
}

/// The functions of an engine by their types: with its `TypedFunc` no call looks up types or allocates.
#[macro_export]
macro_rules! callable {
    ($func:ty, $typed:ident, $store:ty) => {
        #[derive(Clone)]
        pub enum Callable {
            Nothing($typed<(), ()>),
            Give($typed<(), i32>),
            Take($typed<i32, ()>),
            Pointer($typed<i32, i32>),
            TakeTwo($typed<(i32, i32), ()>),
            Packed($typed<(i32, i32), i64>),
            Pair($typed<(i64, i32), i64>),
        }

        impl Callable {
            pub fn new(func: $func, store: &$store) -> Result<Self, String> {
                None.or_else(|| func.typed(store).ok().map(Callable::Nothing))
                    .or_else(|| func.typed(store).ok().map(Callable::Give))
                    .or_else(|| func.typed(store).ok().map(Callable::Take))
                    .or_else(|| func.typed(store).ok().map(Callable::Pointer))
                    .or_else(|| func.typed(store).ok().map(Callable::TakeTwo))
                    .or_else(|| func.typed(store).ok().map(Callable::Packed))
                    .or_else(|| func.typed(store).ok().map(Callable::Pair))
                    .ok_or_else(|| "a function has another type than the steps know".to_owned())
            }

            /// The same function of another instance.
            pub fn again(&self, func: $func, store: &$store) -> Result<Self, String> {
                let same = match self {
                    Callable::Nothing(_) => func.typed(store).map(Callable::Nothing),
                    Callable::Give(_) => func.typed(store).map(Callable::Give),
                    Callable::Take(_) => func.typed(store).map(Callable::Take),
                    Callable::Pointer(_) => func.typed(store).map(Callable::Pointer),
                    Callable::TakeTwo(_) => func.typed(store).map(Callable::TakeTwo),
                    Callable::Packed(_) => func.typed(store).map(Callable::Packed),
                    Callable::Pair(_) => func.typed(store).map(Callable::Pair),
                };
                same.map_err(|error| error.to_string())
            }

            pub fn call(&self, store: &mut $store, args: &[u64]) -> Result<u64, String> {
                let result = match (self, args) {
                    (Callable::Nothing(func), []) => func.call(store, ()).map(|()| 0),
                    (Callable::Give(func), []) => func.call(store, ()).map(|value| value as u32 as u64),
                    (Callable::Take(func), [a]) => func.call(store, *a as i32).map(|()| 0),
                    (Callable::Pointer(func), [a]) => func.call(store, *a as i32).map(|value| value as u32 as u64),
                    (Callable::TakeTwo(func), [a, b]) => func.call(store, (*a as i32, *b as i32)).map(|()| 0),
                    (Callable::Packed(func), [a, b]) => func.call(store, (*a as i32, *b as i32)).map(|value| value as u64),
                    (Callable::Pair(func), [a, b]) => func.call(store, (*a as i64, *b as i32)).map(|value| value as u64),
                    _ => return Err("another number of arguments than the function takes".into()),
                };
                result.map_err(|error| error.to_string())
            }
        }
    };
}

fn index(value: &Value) -> Result<usize, String> {
    let index = value.as_u64().ok_or_else(|| format!("an index was expected, not {value}"))? as usize;
    if index < SLOTS { Ok(index) } else { Err(format!("there are {SLOTS} slots")) }
}

/// A 64-bit integer as decimal text.
fn integer(value: &Value) -> Result<u64, String> {
    text(value)?.parse::<i128>().map(|number| number as u64).map_err(|error| error.to_string())
}

fn source(value: &Value) -> Result<Source, String> {
    match value.as_object().and_then(|object| object.iter().next()) {
        Some((key, value)) if key == "number" => Ok(Source::Number(integer(value)?)),
        Some((key, value)) if key == "slot" => Ok(Source::Slot(index(value)?)),
        Some((key, value)) if key == "high" => Ok(Source::High(index(value)?)),
        Some((key, value)) if key == "low" => Ok(Source::Low(index(value)?)),
        _ => Err(format!("there is no source {value}")),
    }
}

fn step(value: &Value, functions: &mut Vec<String>) -> Result<Step, String> {
    match text(&value["kind"])?.as_str() {
        "call" => {
            let name = text(&value["function"])?;
            let known = functions.iter().position(|function| *function == name);
            let function = known.unwrap_or(functions.len());
            if known.is_none() {
                functions.push(name);
            }
            let args = list(&value["args"])?.iter().map(source).collect::<Result<_, _>>()?;
            Ok(Step::Call { function, args, into: index(&value["into"])? })
        }
        "write" => Ok(Step::Write { bytes: bytes(&value["bytes"])?, at: source(&value["at"])? }),
        "expect-bytes" => Ok(Step::ExpectBytes { bytes: bytes(&value["bytes"])?, at: source(&value["at"])? }),
        "expect-value" => Ok(Step::ExpectValue { value: integer(&value["value"])?, slot: index(&value["slot"])? }),
        other => Err(format!("there is no step '{other}'")),
    }
}

fn case(value: &Value) -> Result<Case, String> {
    let mut functions = Vec::new();
    let mut steps = |key: &str| list(&value[key])?.iter().map(|one| step(one, &mut functions)).collect::<Result<Vec<_>, _>>();
    let (ready, steps) = (steps("ready")?, steps("steps")?);
    Ok(Case {
        name: text(&value["name"])?,
        module: value["module"].as_u64().ok_or("a module is a number")? as usize,
        is_kept: value["isKept"].as_bool().ok_or("isKept is true or false")?,
        functions,
        ready,
        steps,
    })
}

pub fn read_cases(folder: &Path) -> Result<Cases, Box<dyn Error>> {
    let document: Value = serde_json::from_slice(&std::fs::read(folder.join("steps.json"))?)?;
    let files = list(&document["modules"])?.iter().map(text).collect::<Result<Vec<_>, _>>()?;
    let modules = files.iter().map(|file| std::fs::read(folder.join(file))).collect::<Result<Vec<_>, _>>()?;
    let cases = list(&document["cases"])?.iter().map(case).collect::<Result<_, _>>()?;
    Ok(Cases { modules, cases })
}
