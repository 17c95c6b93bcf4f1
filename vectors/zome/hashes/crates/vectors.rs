//! Values of `values.json` through the real crates: each is decoded to its Rust type, serialized again and hashed. Written
//! for every version at once; which sections a version has is in its `Cargo.toml`, and `run.mjs` calls this module.
use holo_hash::encode::blake2b_256;
use holo_hash::hash_type::HashTypeSync;
use holo_hash::{HasHash, HashableContent, HashableContentBytes, HoloHashed, WasmHash};
use holochain_serialized_bytes::{decode, encode, SerializedBytesError};
use holochain_zome_types::prelude::{Action, DnaDef, Entry};
use serde::de::DeserializeOwned;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::{json, Value};

/// JSON in which a hash is its text and `{"$bin": hex}` a byte string, as MessagePack.
#[derive(Debug)]
struct Wire<'a>(&'a Value);

fn base64url(text: &str) -> Vec<u8> {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let digits: Vec<u32> = text.chars().map(|c| DIGITS.find(c).unwrap() as u32).collect();
    let group = |g: &[u32]| (g[0] << 18 | g[1] << 12 | g[2] << 6 | g[3]).to_be_bytes()[1..].to_vec();
    digits.chunks(4).flat_map(group).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Serialize for Wire<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Number(value) => match value.as_u64() {
                Some(value) => serializer.serialize_u64(value),
                None => serializer.serialize_i64(value.as_i64().unwrap()),
            },
            Value::String(text) if text.starts_with("uhC") && text.len() == 53 => {
                serializer.serialize_bytes(&base64url(&text[1..]))
            }
            Value::String(text) => serializer.serialize_str(text),
            Value::Array(items) => {
                let mut seq = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    seq.serialize_element(&Wire(item))?;
                }
                seq.end()
            }
            Value::Object(fields) => match fields.get("$bin") {
                Some(bin) => serializer.serialize_bytes(&unhex(bin.as_str().unwrap())),
                None => {
                    let mut map = serializer.serialize_map(Some(fields.len()))?;
                    for (key, value) in fields {
                        map.serialize_entry(key, &Wire(value))?;
                    }
                    map.end()
                }
            },
        }
    }
}

/// `DnaWasm` is in holochain_types, which needs a whole conductor to build: its hash is of the bytes as they are.
fn hashed_wasm(wasm: Vec<u8>) -> (Option<Vec<u8>>, Vec<u8>) {
    let hash = WasmHash::from_raw_32(blake2b_256(&wasm));
    (Some(wasm), hash.get_raw_39().to_vec())
}

/// What is hashed, or nothing where the value is a hash already, and the hash.
fn hashed<C: HashableContent>(content: C) -> (Option<Vec<u8>>, Vec<u8>)
where
    C::HashType: HashTypeSync,
{
    let bytes = match content.hashable_content() {
        HashableContentBytes::Content(bytes) => Some(bytes.bytes().to_vec()),
        _ => None,
    };
    let hash: Vec<u8> = HoloHashed::<C>::from_content_sync(content).as_hash().get_raw_39().to_vec();
    (bytes, hash)
}

fn read<T: DeserializeOwned + std::fmt::Debug>(value: &Value) -> Result<T, SerializedBytesError> {
    decode(&encode(&Wire(value))?)
}

/// Unit variants as Holochain 0.1 and 0.2 take them within an entry: maps to nothing.
fn with_units_as_maps(value: &Value) -> Value {
    const UNITS: [&str; 7] = ["Public", "Private", "AgentPubKey", "CapClaim", "CapGrant", "Unrestricted", "All"];
    match value {
        Value::String(text) if UNITS.contains(&text.as_str()) => json!({ text: null }),
        Value::Array(items) => items.iter().map(with_units_as_maps).collect(),
        Value::Object(fields) => fields.iter().map(|(key, inner)| (key.clone(), with_units_as_maps(inner))).collect(),
        other => other.clone(),
    }
}

/// An entry, in whichever form these crates take: its tag is a map from serde 1.0.181 on, in Holochain 0.1 and 0.2.
fn read_entry(value: &Value) -> Result<Entry, String> {
    let tag = value["entry_type"].clone();
    let mut old = with_units_as_maps(value);
    old["entry_type"] = tag.clone();
    let mut map = old.clone();
    map["entry_type"] = json!({ tag.as_str().unwrap(): null });
    let forms = [value, &old, &map].map(|form| read::<Entry>(form).map_err(|error| format!("{error:?}")));
    let errors = forms.iter().filter_map(|form| form.as_ref().err()).cloned().collect::<Vec<_>>().join(", ");
    forms.into_iter().find_map(Result::ok).ok_or(errors)
}

/// Serialized, hashed over, hash.
type Vector = (Vec<u8>, Option<Vec<u8>>, Vec<u8>);

fn vector_of<C: HashableContent + Serialize + std::fmt::Debug>(value: C) -> Result<Vector, SerializedBytesError>
where
    C::HashType: HashTypeSync,
{
    let bytes = encode(&value)?;
    let (content, hash) = hashed(value);
    Ok((bytes, content, hash))
}

fn vector(kind: &str, value: &Value) -> Result<Vector, SerializedBytesError> {
    match kind {
        "actions" => vector_of(read::<Action>(value)?),
        "entries" => vector_of(read_entry(value).map_err(SerializedBytesError::Deserialize)?),
        "dnas" => vector_of(read::<DnaDef>(value)?),
        "wasms" => {
            let wasm = unhex(value["$bin"].as_str().unwrap());
            let (content, hash) = hashed_wasm(wasm.clone());
            Ok((wasm, content, hash))
        }
        _ => unreachable!(),
    }
}

/// Every section of `values.json` whose name is in `sections`, as JSON.
fn vectors(sections: &str, values: &str) -> String {
    let values: Value = serde_json::from_str(values).unwrap();
    let mut rows: Vec<Value> = Vec::new();
    for section in sections.split(',').map(str::trim) {
        let kind = section.split(' ').next().unwrap();
        for row in values[section].as_array().unwrap() {
            let (bytes, content, hash) = vector(kind, &row["value"])
                .unwrap_or_else(|error| panic!("{section}: {} is no value of this version: {error:?}", row["name"]));
            let content = content.filter(|content| *content != bytes).map(|content| hex(&content));
            rows.push(json!({
                "section": section, "name": row["name"], "bytes": hex(&bytes), "content": content, "hash": hex(&hash),
            }));
        }
    }
    serde_json::to_string(&rows).unwrap()
}

/// The text of the last panic or the JSON, as a pointer to four bytes of length and the bytes.
fn packed(text: String) -> *const u8 {
    let mut bytes = (text.len() as u32).to_le_bytes().to_vec();
    bytes.extend(text.into_bytes());
    Box::leak(bytes.into_boxed_slice()).as_ptr()
}

#[no_mangle]
pub extern "C" fn allocate(len: usize) -> *mut u8 {
    Box::leak(vec![0_u8; len].into_boxed_slice()).as_mut_ptr()
}

extern "C" {
    fn report(text: *const u8);
}

#[no_mangle]
pub unsafe extern "C" fn run(sections: *const u8, sections_len: usize, values: *const u8, values_len: usize) -> *const u8 {
    std::panic::set_hook(Box::new(|panic| unsafe { report(packed(panic.to_string())) }));
    let text = |ptr, len| std::str::from_utf8(std::slice::from_raw_parts(ptr, len)).unwrap();
    packed(vectors(text(sections, sections_len), text(values, values_len)))
}
