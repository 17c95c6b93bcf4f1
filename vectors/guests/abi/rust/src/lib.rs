//! One function through five ABIs, as c/abi.c has it: direct values, a struct in static and in dynamic memory, MessagePack and CBOR.
//! Serialized bytes are read and written by serde, as a zome's author would.
use std::cell::UnsafeCell;

use serde::Deserialize;

const REQUESTS_MAX: usize = 256;

#[repr(C)]
#[derive(Clone, Copy, Deserialize)]
pub struct Request {
    key: u64,
    size: u32,
    #[serde(skip)]
    score: u64,
}

struct Requests(UnsafeCell<[Request; REQUESTS_MAX]>);

// SAFETY: the guest has one thread.
unsafe impl Sync for Requests {}

static REQUESTS: Requests = Requests(UnsafeCell::new([Request { key: 0, size: 0, score: 0 }; REQUESTS_MAX]));

fn score_of(key: u64, size: u32) -> u64 {
    let mixed = (key ^ (key >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    (mixed ^ (mixed >> 33)).wrapping_add(u64::from(size))
}

/// Alignment 8, so that structs can lie in it.
fn layout(bytes: usize) -> std::alloc::Layout {
    std::alloc::Layout::from_size_align(bytes.max(1), 8).unwrap()
}

#[unsafe(no_mangle)]
pub extern "C" fn __hc__allocate_1(bytes: usize) -> *mut u8 {
    // SAFETY: the layout is of at least one byte.
    unsafe { std::alloc::alloc(layout(bytes)) }
}

/// # Safety
/// The buffer is one that `__hc__allocate_1` gave, of as many bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __hc__deallocate_1(at: *mut u8, bytes: usize) {
    unsafe { std::alloc::dealloc(at, layout(bytes)) }
}

#[unsafe(no_mangle)]
pub extern "C" fn pair(key: u64, size: u32) -> u64 {
    score_of(key, size)
}

#[unsafe(no_mangle)]
pub extern "C" fn requests_at() -> *mut Request {
    REQUESTS.0.get().cast()
}

fn judge(all: &mut [Request]) {
    for one in all {
        one.score = score_of(one.key, one.size);
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn struct_static(count: usize) {
    // SAFETY: nobody else has the requests while the host waits.
    judge(&mut unsafe { &mut *REQUESTS.0.get() }[..count]);
}

/// # Safety
/// There are `count` requests at `all`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn struct_dynamic(all: *mut Request, count: usize) {
    judge(unsafe { std::slice::from_raw_parts_mut(all, count) });
}

fn scores_of(requests: Vec<Request>) -> Vec<u64> {
    requests.iter().map(|one| score_of(one.key, one.size)).collect()
}

/// Hands a buffer to the host: `(pointer << 32) | length`.
fn packed(bytes: &[u8]) -> u64 {
    let at = __hc__allocate_1(bytes.len());
    // SAFETY: the buffer was just made, of that length.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), at, bytes.len()) };
    (at as u64) << 32 | bytes.len() as u64
}

/// # Safety
/// The buffer is one that `__hc__allocate_1` gave, of as many bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn message_pack(at: *mut u8, length: usize) -> u64 {
    let requests = rmp_serde::from_slice(unsafe { std::slice::from_raw_parts(at, length) }).unwrap();
    unsafe { __hc__deallocate_1(at, length) };
    packed(&rmp_serde::to_vec(&scores_of(requests)).unwrap())
}

/// # Safety
/// As of `message_pack`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cbor(at: *mut u8, length: usize) -> u64 {
    let requests = ciborium::from_reader(unsafe { std::slice::from_raw_parts(at, length) }).unwrap();
    unsafe { __hc__deallocate_1(at, length) };
    let mut output = Vec::new();
    ciborium::into_writer(&scores_of(requests), &mut output).unwrap();
    packed(&output)
}
