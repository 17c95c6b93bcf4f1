use hdi::prelude::*;

#[hdk_entry_helper]
#[derive(Clone, PartialEq)]
pub struct Post { pub title: String, pub body: String }

#[hdk_entry_helper]
#[derive(Clone, PartialEq)]
pub struct Comment { pub post: ActionHash, pub text: String }

#[hdk_entry_helper]
#[derive(Clone, PartialEq)]
pub struct Signed { pub key: AgentPubKey, pub signature: Signature, pub data: String, pub of: EntryHash }

#[derive(Serialize, Deserialize)]
#[serde(tag = "type")]
#[hdk_entry_types]
#[unit_enum(UnitEntryTypes)]
pub enum EntryTypes { Post(Post), Comment(Comment), Signed(Signed) }

#[derive(Serialize, Deserialize)]
#[hdk_link_types]
pub enum LinkTypes { PostToComments }

#[hdk_extern]
pub fn genesis_self_check(_data: GenesisSelfCheckData) -> ExternResult<ValidateCallbackResult> {
    let info = dna_info()?;
    if info.name.is_empty() { return Ok(ValidateCallbackResult::Invalid("no name".into())); }
    Ok(ValidateCallbackResult::Valid)
}

fn check(entry: EntryTypes, author: AgentPubKey, prev: Option<ActionHash>) -> ExternResult<ValidateCallbackResult> {
    match entry {
        EntryTypes::Post(post) => {
            if post.title.is_empty() { return Ok(ValidateCallbackResult::Invalid("title is empty".into())); }
            if post.title == "crowd" {
                let top = prev.ok_or(wasm_error!(WasmErrorInner::Guest("no prev".into())))?;
                let activity = must_get_agent_activity(author, ChainFilter::new(top))?;
                return Ok(ValidateCallbackResult::Invalid(format!("{} actions before", activity.len())));
            }
            if post.title == "boom" { panic!("boom"); }
            if post.title == "spin" { let mut x = 1u64; loop { x = x.wrapping_mul(3); if x == 0 { break } } }
            Ok(ValidateCallbackResult::Valid)
        }
        EntryTypes::Comment(comment) => {
            let record = must_get_valid_record(comment.post.clone())?;
            let post: Post = record.entry().to_app_option().map_err(|e| wasm_error!(e))?
                .ok_or(wasm_error!(WasmErrorInner::Guest("no post".into())))?;
            if comment.text.len() > post.body.len() { return Ok(ValidateCallbackResult::Invalid("longer than the post".into())); }
            Ok(ValidateCallbackResult::Valid)
        }
        EntryTypes::Signed(signed) => {
            let entry = must_get_entry(signed.of)?;
            let _ = entry.hash;
            if verify_signature_raw(signed.key, signed.signature, signed.data.into_bytes())? { Ok(ValidateCallbackResult::Valid) }
            else { Ok(ValidateCallbackResult::Invalid("bad signature".into())) }
        }
    }
}

/// The entry of an op by the index of its type. A conductor asks only the zome that defines the type, so the index is of
/// `EntryTypes`, and the zome need not ask where its types begin, as `flattened` does.
fn entry_of(op: &Op) -> ExternResult<Option<(EntryTypes, &Action)>> {
    let Op::CreateEntry(CreateEntry { action, entry }) = op else { return Ok(None) };
    let Some(EntryType::App(AppEntryDef { entry_index, .. })) = action.hashed.content.entry_type() else { return Ok(None) };
    let unit = match entry_index.0 {
        0 => UnitEntryTypes::Post,
        1 => UnitEntryTypes::Comment,
        2 => UnitEntryTypes::Signed,
        _ => return Ok(None),
    };
    Ok(Some((EntryTypes::try_from((unit, entry))?, &action.hashed.content)))
}

#[hdk_extern]
pub fn validate(op: Op) -> ExternResult<ValidateCallbackResult> {
    if let Some((entry, action)) = entry_of(&op)? {
        return check(entry, action.header.author.clone(), action.header.prev_action.clone());
    }
    match op.flattened::<EntryTypes, LinkTypes>()? {
        FlatOp::CreateEntry(OpEntry::CreateEntry { app_entry, action }) => check(app_entry, action.header.author.clone(), action.header.prev_action.clone()),
        FlatOp::CreateEntry(OpEntry::UpdateEntry { app_entry, action, .. }) => check(app_entry, action.header.author.clone(), action.header.prev_action.clone()),
        FlatOp::Delete(_) => Ok(ValidateCallbackResult::Invalid("nothing may be deleted".into())),
        FlatOp::Link(OpLink::CreateLink { link_type: LinkTypes::PostToComments, action }) => { let (base_address, target_address) = (action.base_address.clone(), action.target_address.clone());
            let base = base_address.into_action_hash().ok_or(wasm_error!(WasmErrorInner::Guest("base is no action".into())))?;
            let target = target_address.into_action_hash().ok_or(wasm_error!(WasmErrorInner::Guest("target is no action".into())))?;
            let comment: Comment = must_get_valid_record(target)?.entry().to_app_option().map_err(|e| wasm_error!(e))?
                .ok_or(wasm_error!(WasmErrorInner::Guest("target is no comment".into())))?;
            let _ = must_get_action(base.clone())?;
            if comment.post != base { return Ok(ValidateCallbackResult::Invalid("not a comment of this post".into())); }
            Ok(ValidateCallbackResult::Valid)
        }
        _ => Ok(ValidateCallbackResult::Valid),
    }
}
