//! wasmi at its best for many short calls: functions translated when the module is loaded, imports linked once.
use std::sync::Arc;

use wasmi::{Caller, CompilationMode, Config, Engine, Error, InstancePre, Linker, Memory, Module, Store, TrapCode, TypedFunc};

use crate::Peer;
use crate::record::{ALLOCATE, Call, Cases, DEALLOCATE, End, FUEL, MEMORY, pack, unpack};
use crate::version::version_of;
