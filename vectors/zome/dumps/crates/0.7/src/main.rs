use holo_hash::*;
use holochain_serialized_bytes::prelude::*;
use holochain_state_types::*;
use holochain_zome_types::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Clone, Debug)]
enum OpEntry {
    Present(Entry),
    Hidden,
    ActionOnly,
}
#[derive(Serialize, Deserialize, Clone, Debug)]
enum ChainOp {
    CreateRecord(SignedAction, OpEntry),
    CreateEntry(SignedAction, OpEntry),
    AgentActivity(SignedAction),
    UpdateEntry(SignedAction, OpEntry),
    UpdateRecord(SignedAction, OpEntry),
    DeleteEntry(SignedAction),
    DeleteRecord(SignedAction),
    CreateLink(SignedAction),
    DeleteLink(SignedAction),
}
#[derive(Serialize, Deserialize, Clone, Debug)]
enum DhtOp {
    ChainOp(Box<ChainOp>),
}
#[derive(Serialize, Debug)]
enum Unique<'a> {
    CreateRecord(&'a Action),
    CreateEntry(&'a Action),
    AgentActivity(&'a Action),
    UpdateEntry(&'a Action),
    UpdateRecord(&'a Action),
    DeleteEntry(&'a Action),
    DeleteRecord(&'a Action),
    CreateLink(&'a Action),
    DeleteLink(&'a Action),
}
#[derive(Serialize, Debug)]
struct Integration {
    validation_limbo: Vec<DhtOp>,
    integration_limbo: Vec<DhtOp>,
    integrated: Vec<DhtOp>,
    dht_ops_cursor: Option<(i64, DhtOpHash)>,
}
#[derive(Serialize, Debug)]
struct Peers {
    this_agent_info: Option<()>,
    this_dna: Option<()>,
    this_agent: Option<()>,
    peers: Vec<()>,
}
#[derive(Serialize, Debug)]
struct Full {
    peer_dump: Peers,
    source_chain_dump: SourceChainDump,
    integration_dump: Integration,
}

impl HashableContent for Unique<'_> {
    type HashType = hash_type::DhtOp;
    fn hash_type(&self) -> Self::HashType {
        hash_type::DhtOp
    }
    fn hashable_content(&self) -> HashableContentBytes {
        HashableContentBytes::Content(UnsafeBytes::from(holochain_serialized_bytes::encode(self).unwrap()).into())
    }
}
fn h(u: Unique) -> String {
    DhtOpHash::with_data_sync(&u).to_string()
}
fn sig(n: u8) -> Signature {
    Signature::from([n; 64])
}
fn agent() -> AgentPubKey {
    AgentPubKey::from_raw_32(vec![7; 32])
}
fn app(private: bool) -> EntryType {
    EntryType::App(AppEntryDef::new(
        1.into(),
        2.into(),
        if private {
            EntryVisibility::Private
        } else {
            EntryVisibility::Public
        },
    ))
}
fn entry(b: &[u8]) -> Entry {
    Entry::App(AppEntryBytes(SerializedBytes::from(UnsafeBytes::from(b.to_vec()))))
}
fn eh(e: &Entry) -> EntryHash {
    EntryHash::with_data_sync(e)
}
fn ah(a: &Action) -> ActionHash {
    ActionHash::with_data_sync(a)
}
fn sa(a: &Action, n: u8) -> SignedAction {
    SignedAction::new(a.clone(), sig(n))
}

fn main() {
    let author = agent();
    let act = |n: u32, prev: Option<&Action>, data: ActionData| Action {
        header: ActionHeader {
            author: agent(),
            timestamp: Timestamp::from_micros(1_700_000_000_000_000 + n as i64),
            action_seq: n,
            prev_action: prev.map(ah),
        },
        data,
    };
    let dna = act(
        0,
        None,
        ActionData::Dna(DnaData {
            dna_hash: DnaHash::from_raw_32(vec![3; 32]),
        }),
    );
    let pkg = act(
        1,
        Some(&dna),
        ActionData::AgentValidationPkg(AgentValidationPkgData {
            membrane_proof: Some(std::sync::Arc::new(SerializedBytes::from(UnsafeBytes::from(vec![0xc0])))),
        }),
    );
    let post = entry(&[0x81, 0xa1, 0x61, 0x01]);
    let create = act(
        2,
        Some(&pkg),
        ActionData::Create(CreateData {
            entry_type: app(false),
            entry_hash: eh(&post),
        }),
    );
    let secret = entry(&[0xa0]);
    let private = act(
        3,
        Some(&create),
        ActionData::Create(CreateData {
            entry_type: app(true),
            entry_hash: eh(&secret),
        }),
    );
    let edited = entry(&[]);
    let update = act(
        4,
        Some(&private),
        ActionData::Update(UpdateData {
            original_action_address: ah(&create),
            original_entry_address: eh(&post),
            entry_type: app(false),
            entry_hash: eh(&edited),
        }),
    );
    let delete = act(
        5,
        Some(&update),
        ActionData::Delete(DeleteData {
            deletes_address: ah(&create),
            deletes_entry_address: eh(&post),
        }),
    );
    let link = act(
        6,
        Some(&delete),
        ActionData::CreateLink(CreateLinkData {
            base_address: eh(&post).into(),
            target_address: ExternalHash::from_raw_32(vec![9; 32]).into(),
            zome_index: 1.into(),
            link_type: 2.into(),
            tag: LinkTag::new(vec![]),
        }),
    );
    let unlink = act(
        7,
        Some(&link),
        ActionData::DeleteLink(DeleteLinkData {
            base_address: eh(&post).into(),
            link_add_address: ah(&link),
        }),
    );
    let close = act(
        8,
        Some(&unlink),
        ActionData::CloseChain(CloseChainData {
            new_target: Some(MigrationTarget::Dna(DnaHash::from_raw_32(vec![4; 32]))),
        }),
    );
    let open = act(
        9,
        Some(&close),
        ActionData::OpenChain(OpenChainData {
            prev_target: MigrationTarget::Agent(agent()),
            close_hash: ah(&close),
        }),
    );
    let me = act(
        10,
        Some(&open),
        ActionData::Create(CreateData {
            entry_type: EntryType::AgentPubKey,
            entry_hash: author.clone().into(),
        }),
    );
    let init = act(11, Some(&me), ActionData::InitZomesComplete(InitZomesCompleteData {}));
    let mut out: Vec<(ChainOp, String)> = vec![];
    let all = [
        &dna, &pkg, &create, &private, &update, &delete, &link, &unlink, &close, &open, &me, &init,
    ];
    for a in all {
        let e = if a == &create {
            OpEntry::Present(post.clone())
        } else if a == &private {
            OpEntry::Hidden
        } else if a == &me {
            OpEntry::Present(Entry::Agent(author.clone()))
        } else {
            OpEntry::ActionOnly
        };
        out.push((ChainOp::CreateRecord(sa(a, 1), e), h(Unique::CreateRecord(a))));
        out.push((ChainOp::AgentActivity(sa(a, 2)), h(Unique::AgentActivity(a))));
    }
    out.push((
        ChainOp::CreateEntry(sa(&create, 3), OpEntry::Present(post.clone())),
        h(Unique::CreateEntry(&create)),
    ));
    out.push((
        ChainOp::CreateEntry(sa(&update, 4), OpEntry::Present(edited.clone())),
        h(Unique::CreateEntry(&update)),
    ));
    out.push((
        ChainOp::UpdateEntry(sa(&update, 5), OpEntry::Present(edited.clone())),
        h(Unique::UpdateEntry(&update)),
    ));
    out.push((
        ChainOp::UpdateRecord(sa(&update, 6), OpEntry::Present(edited.clone())),
        h(Unique::UpdateRecord(&update)),
    ));
    out.push((ChainOp::DeleteRecord(sa(&delete, 7)), h(Unique::DeleteRecord(&delete))));
    out.push((ChainOp::DeleteEntry(sa(&delete, 8)), h(Unique::DeleteEntry(&delete))));
    out.push((ChainOp::CreateLink(sa(&link, 9)), h(Unique::CreateLink(&link))));
    out.push((ChainOp::DeleteLink(sa(&unlink, 10)), h(Unique::DeleteLink(&unlink))));
    let rec = |a: &Action, e: Option<Entry>| SourceChainDumpRecord {
        signature: sig(1),
        action_address: ah(a),
        action: a.clone(),
        entry: e,
    };
    let records = vec![
        rec(&create, Some(post.clone())),
        rec(&private, Some(secret.clone())),
        rec(&delete, None),
    ];
    let hashes: Vec<String> = out.iter().map(|(_, h)| h.clone()).collect();
    let actions: Vec<String> = all.iter().map(|a| ah(a).to_string()).collect();
    let ops: Vec<DhtOp> = out.into_iter().map(|(o, _)| DhtOp::ChainOp(Box::new(o))).collect();
    let full = Full {
        peer_dump: Peers {
            this_agent_info: None,
            this_dna: None,
            this_agent: None,
            peers: vec![],
        },
        source_chain_dump: SourceChainDump {
            records,
            published_ops_count: 3,
        },
        integration_dump: Integration {
            validation_limbo: vec![],
            integration_limbo: vec![],
            integrated: ops,
            dht_ops_cursor: Some((5, DhtOpHash::from_raw_32(vec![1; 32]))),
        },
    };
    let hex: String = holochain_serialized_bytes::encode(&full)
        .unwrap()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    println!(
        "{}",
        serde_json::json!({ "crates": "holochain_zome_types 0.7.1, holochain_state_types 0.7.1, holochain_serialized_bytes 0.0.57, serde_json 1", "generation": "0.7",
        "hashes": hashes, "actions": actions, "messagepack": hex, "json": serde_json::to_string(&full).unwrap() })
    );
}
