//! Does in wasmtime and in wasmi what the bench does in Assay.
//!
//!     assay-bench-peers DIR             recorded calls of zomes (bench/zome-peers.ts), with fuel, a new instance per call
//!     assay-bench-peers steps DIR       calls in steps (bench/abi/abis.ts), with fuel, with a kept or a new instance
//!     assay-bench-peers phases ENGINE FILE EXPORT TIMES ARGS...     the phases of a module, once each, as JSON
//!
//! `DIR/calls.json` or `DIR/steps.json` has the cases. Each is run once in each engine, and its result is compared with the expected
//! one. Then one line names the engines, and with steps another has the fuel of each case in each engine. After that, each line
//! of the input, `ENGINE CASE TIMES`, is answered with the nanoseconds of a run of the case.
mod clock;
mod in_wasmi;
mod in_wasmtime;
mod phases;
mod phases_in_wasmi;
mod phases_in_wasmi_of_2019;
mod phases_in_wasmtime;
mod record;
mod steps;
mod steps_in_wasmi;
mod steps_in_wasmtime;
mod version;

use std::error::Error;
use std::io::{BufRead, Write};
use std::path::Path;

/// An engine that is ready for all cases.
trait Peer {
    fn name(&self) -> String;
    /// Runs every call of a case. An error if one does not end as expected.
    fn run(&self, case: usize) -> Result<(), String>;
}

/// One that reports the fuel of a case.
trait Metered: Peer {
    fn fuel(&self, case: usize) -> Result<u64, String>;
}

fn checked(peer: &dyn Peer, names: &[&str]) -> Result<(), String> {
    for (index, name) in names.iter().enumerate() {
        peer.run(index).map_err(|reason| format!("{}: {name}: {reason}", peer.name()))?;
    }
    Ok(())
}

/// Answers the lines of the input.
fn serve(peers: &[&dyn Peer], cases: usize) -> Result<(), Box<dyn Error>> {
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let numbers: Vec<usize> = line.split(' ').map(str::parse).collect::<Result<_, _>>()?;
        let [peer, case, times] = numbers[..] else {
            return Err(format!("not 'ENGINE CASE TIMES': {line}").into());
        };
        let peer = peers.get(peer).ok_or("no such engine")?;
        if case >= cases {
            return Err("no such case".into());
        }
        println!("{}", clock::nanoseconds_of_each(times, || peer.run(case))?);
        std::io::stdout().flush()?;
    }
    Ok(())
}

fn replay(folder: &Path) -> Result<(), Box<dyn Error>> {
    let cases = record::read_cases(folder)?;
    let (wasmtime, wasmi) = (in_wasmtime::Wasmtime::new(&cases)?, in_wasmi::Wasmi::new(&cases)?);
    let peers: [&dyn Peer; 2] = [&wasmtime, &wasmi];
    let case_names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    for peer in peers {
        checked(peer, &case_names)?;
    }
    println!("{}", serde_json::to_string(&peers.map(Peer::name))?);
    serve(&peers, cases.len())
}

fn steps(folder: &Path) -> Result<(), Box<dyn Error>> {
    let read = steps::read_cases(folder)?;
    let (wasmtime, wasmi) = (steps_in_wasmtime::Wasmtime::new(&read)?, steps_in_wasmi::Wasmi::new(&read)?);
    let peers: [&dyn Metered; 2] = [&wasmtime, &wasmi];
    let case_names: Vec<&str> = read.cases.iter().map(|case| case.name.as_str()).collect();
    for peer in peers {
        checked(peer, &case_names)?;
    }
    let fuel = |peer: &dyn Metered| (0..read.cases.len()).map(|case| peer.fuel(case)).collect::<Result<Vec<_>, _>>();
    println!("{}", serde_json::to_string(&peers.map(|peer| peer.name()))?);
    println!("{}", serde_json::to_string(&[fuel(peers[0])?, fuel(peers[1])?])?);
    serve(&[&wasmtime, &wasmi], read.cases.len())
}

fn phases_of(engine: &str, asked: &phases::Asked) -> Result<serde_json::Value, String> {
    match engine {
        "wasmtime" => phases::phases(&phases_in_wasmtime::Wasmtime::new(false)?, asked),
        "wasmtime+fuel" => phases::phases(&phases_in_wasmtime::Wasmtime::new(true)?, asked),
        "wasmi-2019" => phases::phases(&phases_in_wasmi_of_2019::WasmiOf2019, asked),
        "wasmi" => phases::phases(&phases_in_wasmi::Wasmi::new(false), asked),
        "wasmi+fuel" => phases::phases(&phases_in_wasmi::Wasmi::new(true), asked),
        other => Err(format!("there is no engine '{other}'")),
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["steps", folder] => steps(Path::new(folder)),
        ["phases", engine, ..] => {
            println!("{}", phases_of(engine, &phases::Asked::read(&args[2..])?)?);
            Ok(())
        }
        [folder] => replay(Path::new(folder)),
        _ => Err("usage: assay-bench-peers DIR | steps DIR | phases ENGINE FILE EXPORT TIMES ARGS...".into()),
    }
}
