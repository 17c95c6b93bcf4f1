//! Time of repeated work: the smaller of wall clock and CPU time, as in bench/time.ts.
use std::time::Instant;

fn cpu_nanoseconds() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a live timespec, and nothing else is requested from the system.
    let status = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    assert_eq!(status, 0, "this system does not tell CPU time");
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

pub fn nanoseconds_of_each(times: usize, mut work: impl FnMut() -> Result<(), String>) -> Result<f64, String> {
    let cpu = cpu_nanoseconds();
    let wall = Instant::now();
    for _ in 0..times {
        work()?;
    }
    let wall = wall.elapsed().as_nanos() as u64;
    let cpu = cpu_nanoseconds() - cpu;
    Ok(wall.min(cpu) as f64 / times as f64)
}

/// Milliseconds of one piece of work, and its result.
pub fn milliseconds_of<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let cpu = cpu_nanoseconds();
    let wall = Instant::now();
    let result = work();
    let wall = wall.elapsed().as_nanos() as u64;
    let cpu = cpu_nanoseconds() - cpu;
    (wall.min(cpu) as f64 / 1e6, result)
}
