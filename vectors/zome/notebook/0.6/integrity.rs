//! The integrity zome of the notebook, hdi 0.7 (Holochain 0.6): what may be on a chain.
use hdi::prelude::*;

#[hdk_entry_helper]
#[derive(Clone, PartialEq)]
pub struct Note { pub title: String, pub body: String }

#[hdk_entry_helper]
#[derive(Clone, PartialEq)]
pub struct Secret { pub text: String }

#[derive(Serialize, Deserialize)]
#[serde(tag = "type")]
#[hdk_entry_types]
#[unit_enum(UnitEntryTypes)]
pub enum EntryTypes {
    Note(Note),
    #[entry_type(visibility = "private")]
    Secret(Secret),
}

#[derive(Serialize, Deserialize)]
#[hdk_link_types]
pub enum LinkTypes { AllNotes, SeeAlso }

fn valid() -> ExternResult<ValidateCallbackResult> { Ok(ValidateCallbackResult::Valid) }
fn invalid(reason: &str) -> ExternResult<ValidateCallbackResult> { Ok(ValidateCallbackResult::Invalid(reason.into())) }

fn check(entry: EntryTypes) -> ExternResult<ValidateCallbackResult> {
    match entry {
        EntryTypes::Note(note) if note.title.is_empty() => invalid("a note has a title"),
        EntryTypes::Note(note) if note.title == "spin" => loop { core::hint::black_box(&note); },
        _ => valid(),
    }
}

/// Only who wrote a thing may change it.
fn check_author(original: ActionHash, author: &AgentPubKey) -> ExternResult<ValidateCallbackResult> {
    if must_get_action(original)?.action().author() == author { valid() } else { invalid("another agent wrote this") }
}

#[hdk_extern]
pub fn validate(op: Op) -> ExternResult<ValidateCallbackResult> {
    match op.flattened::<EntryTypes, LinkTypes>()? {
        FlatOp::StoreEntry(OpEntry::CreateEntry { app_entry, .. }) => check(app_entry),
        FlatOp::StoreEntry(OpEntry::UpdateEntry { app_entry, original_action_hash, action, .. }) => {
            match check(app_entry)? {
                ValidateCallbackResult::Valid => check_author(original_action_hash, &action.author),
                other => Ok(other),
            }
        }
        FlatOp::RegisterDelete(OpDelete { action }) => check_author(action.deletes_address, &action.author),
        FlatOp::RegisterCreateLink { link_type: LinkTypes::SeeAlso, target_address, tag, .. } => {
            if tag.0.is_empty() { return invalid("a tie says why"); }
            let Some(target) = target_address.into_action_hash() else { return invalid("a tie ends at an action"); };
            let _ = must_get_valid_record(target)?;
            valid()
        }
        FlatOp::RegisterDeleteLink { original_action, action, .. } if original_action.author != action.author => {
            invalid("another agent made this link")
        }
        _ => valid(),
    }
}

pub fn grant_to_all() -> CapGrantEntry {
    CapGrantEntry { tag: "all".into(), access: ().into(), functions: GrantedFunctions::All }
}
