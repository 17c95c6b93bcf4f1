//! Recorded calls: the input of a guest, the host's answers, and how it ended.
use std::collections::HashMap;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

/// An answer of a host function, in the order of the guest's calls.
pub struct Answer {
    /// name of the import in `env`
    pub name: String,
    pub input: Vec<u8>,
    /// `None`: the host ends the call here
    pub answer: Option<Vec<u8>>,
}

#[derive(PartialEq)]
pub enum End {
    Returned(Vec<u8>),
    /// a host function ended the call
    Ended,
    Trapped,
}

pub struct Call {
    /// index of the module
    pub module: usize,
    pub export: String,
    pub payload: Vec<u8>,
    pub answers: Vec<Answer>,
    pub end: End,
}

pub struct Case {
    pub name: String,
    pub calls: Vec<Arc<Call>>,
}

pub struct Cases {
    /// bytes of the modules
    pub modules: Vec<Vec<u8>>,
    pub cases: Vec<Case>,
}

impl std::ops::Deref for Cases {
    type Target = [Case];
    fn deref(&self) -> &[Case] {
        &self.cases
    }
}

/// Fuel of each call: more than any uses.
pub const FUEL: u64 = 1_000_000_000;
pub const ALLOCATE: &str = "__hc__allocate_1";
pub const DEALLOCATE: &str = "__hc__deallocate_1";
pub const MEMORY: &str = "memory";

/// `(pointer << 32) | length`
pub fn pack(at: i32, length: usize) -> i64 {
    (i64::from(at) << 32) | length as i64
}

pub fn unpack(packed: i64) -> (i32, i32) {
    ((packed >> 32) as i32, packed as i32)
}

pub fn text(value: &Value) -> Result<String, String> {
    value.as_str().map(str::to_owned).ok_or_else(|| format!("a text was expected, not {value}"))
}

pub fn list(value: &Value) -> Result<&[Value], String> {
    value.as_array().map(Vec::as_slice).ok_or_else(|| format!("a list was expected, not {value}"))
}

pub fn bytes(value: &Value) -> Result<Vec<u8>, String> {
    let hex = text(value)?;
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).map_err(|error| error.to_string());
    if hex.len() % 2 == 1 || !hex.is_ascii() {
        return Err("bytes are pairs of hexadecimal digits".into());
    }
    (0..hex.len()).step_by(2).map(byte).collect()
}

fn answer(value: &Value) -> Result<Answer, String> {
    let answered = &value["answer"];
    Ok(Answer {
        name: text(&value["name"])?,
        input: bytes(&value["input"])?,
        answer: if answered.is_null() { None } else { Some(bytes(answered)?) },
    })
}

fn call(value: &Value, modules: &HashMap<String, usize>) -> Result<Arc<Call>, String> {
    let end = match text(&value["end"])?.as_str() {
        "returned" => End::Returned(bytes(&value["output"])?),
        "ended" => End::Ended,
        "trapped" => End::Trapped,
        other => return Err(format!("there is no end '{other}'")),
    };
    let file = text(&value["module"])?;
    Ok(Arc::new(Call {
        module: *modules.get(&file).ok_or_else(|| format!("{file} is not among the modules"))?,
        export: text(&value["export"])?,
        payload: bytes(&value["payload"])?,
        answers: list(&value["answers"])?.iter().map(answer).collect::<Result<_, _>>()?,
        end,
    }))
}

pub fn read_cases(folder: &Path) -> Result<Cases, Box<dyn Error>> {
    let document: Value = serde_json::from_slice(&std::fs::read(folder.join("calls.json"))?)?;
    let files = list(&document["modules"])?.iter().map(text).collect::<Result<Vec<_>, _>>()?;
    let modules = files.iter().map(|file| std::fs::read(folder.join(file))).collect::<Result<Vec<_>, _>>()?;
    let numbers = files.into_iter().enumerate().map(|(index, file)| (file, index)).collect();
    let case = |value: &Value| -> Result<Case, String> {
        let calls = list(&value["calls"])?.iter().map(|one| call(one, &numbers)).collect::<Result<_, _>>()?;
        Ok(Case { name: text(&value["name"])?, calls })
    };
    let cases = list(&document["cases"])?.iter().map(case).collect::<Result<_, _>>()?;
    Ok(Cases { modules, cases })
}
