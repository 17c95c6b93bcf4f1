//! Replays recorded calls of zomes in wasmtime and in wasmi, with fuel, a new pristine instance a call.
//!
//!     assay-bench-peers DIR
//!
//! `DIR/calls.json` is what bench/zome-peers.ts writes. Each case is run once in each engine and its answer compared with the
//! recorded one; then the engines are named on a line. After that each line of the input, `ENGINE CASE TIMES`, is answered
//! with the nanoseconds that a run of the case takes.
mod clock;
mod in_wasmi;
mod in_wasmtime;
mod record;
mod version;

use std::error::Error;
use std::io::{BufRead, Write};
use std::path::Path;

use record::{Case, read_cases};

/// An engine that has made ready for all cases.
trait Peer {
    fn name(&self) -> String;
    /// Runs every call of a case. An error where one ends in another way than the recorded one.
    fn run(&self, case: usize) -> Result<(), String>;
}

fn checked(peer: &dyn Peer, cases: &[Case]) -> Result<(), String> {
    for (index, case) in cases.iter().enumerate() {
        peer.run(index).map_err(|reason| format!("{}: {}: {reason}", peer.name(), case.name))?;
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: assay-bench-peers DIR")?;
    let cases = read_cases(Path::new(&folder))?;
    let peers: Vec<Box<dyn Peer>> = vec![
        Box::new(in_wasmtime::Wasmtime::new(&cases)?),
        Box::new(in_wasmi::Wasmi::new(&cases)?),
    ];
    for peer in &peers {
        checked(peer.as_ref(), &cases)?;
    }
    let names: Vec<String> = peers.iter().map(|peer| peer.name()).collect();
    println!("{}", serde_json::to_string(&names)?);
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let numbers: Vec<usize> = line.split(' ').map(str::parse).collect::<Result<_, _>>()?;
        let [peer, case, times] = numbers[..] else {
            return Err(format!("not 'ENGINE CASE TIMES': {line}").into());
        };
        let peer = peers.get(peer).ok_or("no such engine")?;
        if case >= cases.len() {
            return Err("no such case".into());
        }
        println!("{}", clock::nanoseconds_of_each(times, || peer.run(case))?);
        std::io::stdout().flush()?;
    }
    Ok(())
}
