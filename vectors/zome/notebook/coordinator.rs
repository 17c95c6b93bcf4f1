//! The coordinator of the notebook: every way of writing and reading a chain that the host of a whole app must serve. The same
//! source is built with hdk 0.6 and hdk 0.7.
use hdk::prelude::*;
use notebook_integrity::*;

fn notes() -> ExternResult<TypedPath> {
    Path::from("notes").typed(LinkTypes::AllNotes)
}

#[hdk_extern]
pub fn init() -> ExternResult<InitCallbackResult> {
    let welcome = Note { title: "welcome".into(), body: "the first note".into() };
    create_entry(EntryTypes::Note(welcome))?;
    Ok(InitCallbackResult::Pass)
}

#[derive(Serialize, Deserialize, Debug)]
pub struct Committed { pub seqs: Vec<u32> }

#[hdk_extern(infallible)]
pub fn post_commit(actions: Vec<SignedActionHashed>) {
    let seqs = actions.iter().map(|action| action.action().action_seq()).collect();
    if let Err(error) = emit_signal(Committed { seqs }) {
        error!("{error:?}");
    }
}

#[hdk_extern]
pub fn create_note(note: Note) -> ExternResult<Record> {
    let hash = create_entry(EntryTypes::Note(note))?;
    let path = notes()?;
    path.ensure()?;
    create_link(path.path_entry_hash()?, hash.clone(), LinkTypes::AllNotes, ())?;
    get(hash, GetOptions::local())?.ok_or(wasm_error!("the new note is not there"))
}

#[hdk_extern]
pub fn get_note(hash: ActionHash) -> ExternResult<Option<Record>> {
    get(hash, GetOptions::local())
}

#[hdk_extern]
pub fn get_entry(hash: EntryHash) -> ExternResult<Option<Record>> {
    get(hash, GetOptions::local())
}

#[hdk_extern]
pub fn note_details(hash: AnyDhtHash) -> ExternResult<Option<Details>> {
    get_details(hash, GetOptions::local())
}

#[derive(Serialize, Deserialize, Debug)]
pub struct Change { pub original: ActionHash, pub note: Note }

#[hdk_extern]
pub fn update_note(change: Change) -> ExternResult<ActionHash> {
    update_entry(change.original, &change.note)
}

#[hdk_extern]
pub fn delete_note(hash: ActionHash) -> ExternResult<ActionHash> {
    delete_entry(hash)
}

#[hdk_extern]
pub fn keep_secret(secret: Secret) -> ExternResult<ActionHash> {
    create_entry(EntryTypes::Secret(secret))
}

#[hdk_extern]
pub fn list_notes() -> ExternResult<Vec<Link>> {
    get_links(LinkQuery::try_new(notes()?.path_entry_hash()?, LinkTypes::AllNotes)?, GetStrategy::Local)
}

#[hdk_extern]
pub fn count_notes() -> ExternResult<usize> {
    count_links(LinkQuery::try_new(notes()?.path_entry_hash()?, LinkTypes::AllNotes)?)
}

#[hdk_extern]
pub fn note_links() -> ExternResult<LinkDetails> {
    get_links_details(LinkQuery::try_new(notes()?.path_entry_hash()?, LinkTypes::AllNotes)?, GetStrategy::Local)
}

#[derive(Serialize, Deserialize, Debug)]
pub struct Tie { pub from: ActionHash, pub to: ActionHash, pub tag: String }

#[hdk_extern]
pub fn tie_notes(tie: Tie) -> ExternResult<ActionHash> {
    create_link(tie.from, tie.to, LinkTypes::SeeAlso, tie.tag.into_bytes())
}

#[hdk_extern]
pub fn untie_notes(link: ActionHash) -> ExternResult<ActionHash> {
    delete_link(link, GetOptions::local())
}

#[hdk_extern]
pub fn my_chain(include_entries: bool) -> ExternResult<Vec<Record>> {
    query(ChainQueryFilter::new().include_entries(include_entries))
}

#[hdk_extern]
pub fn my_notes() -> ExternResult<Vec<Record>> {
    query(
        ChainQueryFilter::new()
            .entry_type(UnitEntryTypes::Note.try_into()?)
            .action_type(ActionType::Create)
            .descending()
            .include_entries(true),
    )
}

#[derive(Serialize, Deserialize, Debug)]
pub struct Self_ { pub agent: AgentInfo, pub provenance: AgentPubKey, pub function: String, pub as_at: u32 }

#[hdk_extern]
pub fn whoami() -> ExternResult<Self_> {
    let call = call_info()?;
    let function = call.function_name.0;
    Ok(Self_ { agent: agent_info()?, provenance: call.provenance, function, as_at: call.as_at.1 })
}

#[derive(Serialize, Deserialize, Debug)]
pub struct Chance { pub time: Timestamp, pub again: Timestamp, pub first: Vec<u8>, pub second: Vec<u8> }

#[hdk_extern]
pub fn chance(count: u32) -> ExternResult<Chance> {
    let first = random_bytes(count)?.into_vec();
    let time = sys_time()?;
    Ok(Chance { time, first, second: random_bytes(count)?.into_vec(), again: sys_time()? })
}

#[hdk_extern]
pub fn sign_and_verify(text: String) -> ExternResult<bool> {
    let key = agent_info()?.agent_initial_pubkey;
    let signature = sign(key.clone(), text.clone())?;
    verify_signature(key, signature, text)
}

#[derive(Serialize, Deserialize, Debug)]
pub struct Relay { pub zome: String, pub function: String, pub note: Note, pub swallow: bool }

/// Has another zome of the DNA write, within this call.
#[hdk_extern]
pub fn relay(relay: Relay) -> ExternResult<Option<Record>> {
    let answer = call(CallTargetCell::Local, relay.zome, FunctionName::new(relay.function), None, relay.note);
    match answer {
        Ok(ZomeCallResponse::Ok(output)) => Ok(Some(output.decode().map_err(|error| wasm_error!(error))?)),
        Ok(other) => Err(wasm_error!(format!("{other:?}"))),
        Err(_) if relay.swallow => Ok(None),
        Err(error) => Err(error),
    }
}

/// Calls itself until the host refuses.
#[hdk_extern]
pub fn descend(depth: u32) -> ExternResult<u32> {
    let name = zome_info()?.name;
    match call(CallTargetCell::Local, name, FunctionName::new("descend"), None, depth + 1)? {
        ZomeCallResponse::Ok(output) => Ok(output.decode().map_err(|error| wasm_error!(error))?),
        other => Err(wasm_error!(format!("{other:?}"))),
    }
}

#[hdk_extern]
pub fn create_then_fail(note: Note) -> ExternResult<()> {
    create_entry(EntryTypes::Note(note))?;
    Err(wasm_error!("changed my mind"))
}

#[hdk_extern]
pub fn create_all(notes: Vec<Note>) -> ExternResult<Vec<ActionHash>> {
    notes.into_iter().map(|note| create_entry(EntryTypes::Note(note))).collect()
}

#[hdk_extern]
pub fn schedule_tick() -> ExternResult<()> {
    schedule("tick")
}

#[hdk_extern]
pub fn open_to_all() -> ExternResult<ActionHash> {
    create_cap_grant(grant_to_all())
}

/// Places in the chain by the activity of the agent.
#[hdk_extern]
pub fn activity() -> ExternResult<Vec<u32>> {
    let me = agent_info()?.agent_initial_pubkey;
    let found = get_agent_activity(me, ChainQueryFilter::new(), ActivityRequest::Full, GetOptions::local())?;
    Ok(found.valid_activity.into_iter().map(|(seq, _)| seq).collect())
}

#[hdk_extern]
pub fn sign_once(texts: Vec<String>) -> ExternResult<bool> {
    let EphemeralSignatures { key, signatures } = sign_ephemeral(texts.clone())?;
    for (text, signature) in texts.into_iter().zip(signatures) {
        if !verify_signature(key.clone(), signature, text)? { return Ok(false); }
    }
    Ok(true)
}

/// What a host without a network says of another agent.
#[hdk_extern]
pub fn far_away(agent: AgentPubKey) -> ExternResult<String> {
    send_remote_signal("hello", vec![agent.clone()])?;
    match call_remote(agent, zome_info()?.name, FunctionName::new("whoami"), None, ())? {
        ZomeCallResponse::NetworkError(text) => Ok(text),
        other => Err(wasm_error!(format!("{other:?}"))),
    }
}
