use holo_hash::*;
use holochain_serialized_bytes::prelude::*;
use holochain_state_types::*;
use holochain_zome_types::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Clone, Debug)]
enum NewEntryAction {
    Create(Create),
    Update(Update),
}
#[derive(Serialize, Deserialize, Clone, Debug)]
enum ChainOp {
    StoreRecord(Signature, Action, RecordEntry),
    StoreEntry(Signature, NewEntryAction, Entry),
    RegisterAgentActivity(Signature, Action),
    RegisterUpdatedContent(Signature, Update, RecordEntry),
    RegisterUpdatedRecord(Signature, Update, RecordEntry),
    RegisterDeletedBy(Signature, Delete),
    RegisterDeletedEntryAction(Signature, Delete),
    RegisterAddLink(Signature, CreateLink),
    RegisterRemoveLink(Signature, DeleteLink),
}
#[derive(Serialize, Deserialize, Clone, Debug)]
enum DhtOp {
    ChainOp(Box<ChainOp>),
}
#[derive(Serialize, Debug)]
enum Unique<'a> {
    StoreRecord(&'a Action),
    StoreEntry(&'a NewEntryAction),
    RegisterAgentActivity(&'a Action),
    RegisterUpdatedContent(&'a Update),
    RegisterUpdatedRecord(&'a Update),
    RegisterDeletedBy(&'a Delete),
    RegisterDeletedEntryAction(&'a Delete),
    RegisterAddLink(&'a CreateLink),
    RegisterRemoveLink(&'a DeleteLink),
}
#[derive(Serialize, Debug)]
struct Integration {
    validation_limbo: Vec<DhtOp>,
    integration_limbo: Vec<DhtOp>,
    integrated: Vec<DhtOp>,
    dht_ops_cursor: u64,
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

fn main() {
    let author = agent();
    let t = |n: i64| Timestamp::from_micros(1_700_000_000_000_000 + n);
    let dna = Action::Dna(Dna {
        author: author.clone(),
        timestamp: t(0),
        hash: DnaHash::from_raw_32(vec![3; 32]),
    });
    let pkg = Action::AgentValidationPkg(AgentValidationPkg {
        author: author.clone(),
        timestamp: t(1),
        action_seq: 1,
        prev_action: ah(&dna),
        membrane_proof: Some(std::sync::Arc::new(SerializedBytes::from(UnsafeBytes::from(vec![0xc0])))),
    });
    let post = entry(&[0x81, 0xa1, 0x61, 0x01]);
    let create = Create {
        author: author.clone(),
        timestamp: t(2),
        action_seq: 2,
        prev_action: ah(&pkg),
        entry_type: app(false),
        entry_hash: eh(&post),
        weight: Default::default(),
    };
    let a_create = Action::Create(create.clone());
    let secret = entry(&[0xa0]);
    let private = Action::Create(Create {
        author: author.clone(),
        timestamp: t(3),
        action_seq: 3,
        prev_action: ah(&a_create),
        entry_type: app(true),
        entry_hash: eh(&secret),
        weight: Default::default(),
    });
    let edited = entry(&[]);
    let update = Update {
        author: author.clone(),
        timestamp: t(4),
        action_seq: 4,
        prev_action: ah(&private),
        original_action_address: ah(&a_create),
        original_entry_address: eh(&post),
        entry_type: app(false),
        entry_hash: eh(&edited),
        weight: Default::default(),
    };
    let a_update = Action::Update(update.clone());
    let delete = Delete {
        author: author.clone(),
        timestamp: t(5),
        action_seq: 5,
        prev_action: ah(&a_update),
        deletes_address: ah(&a_create),
        deletes_entry_address: eh(&post),
        weight: Default::default(),
    };
    let a_delete = Action::Delete(delete.clone());
    let link = CreateLink {
        author: author.clone(),
        timestamp: t(6),
        action_seq: 6,
        prev_action: ah(&a_delete),
        base_address: eh(&post).into(),
        target_address: ExternalHash::from_raw_32(vec![9; 32]).into(),
        zome_index: 1.into(),
        link_type: 2.into(),
        tag: LinkTag::new(vec![]),
        weight: Default::default(),
    };
    let a_link = Action::CreateLink(link.clone());
    let unlink = DeleteLink {
        author: author.clone(),
        timestamp: t(7),
        action_seq: 7,
        prev_action: ah(&a_link),
        base_address: eh(&post).into(),
        link_add_address: ah(&a_link),
    };
    let a_unlink = Action::DeleteLink(unlink.clone());
    let close = Action::CloseChain(CloseChain {
        author: author.clone(),
        timestamp: t(8),
        action_seq: 8,
        prev_action: ah(&a_unlink),
        new_target: Some(MigrationTarget::Dna(DnaHash::from_raw_32(vec![4; 32]))),
    });
    let open = Action::OpenChain(OpenChain {
        author: author.clone(),
        timestamp: t(9),
        action_seq: 9,
        prev_action: ah(&close),
        prev_target: MigrationTarget::Agent(agent()),
        close_hash: ah(&close),
    });
    let me = Action::Create(Create {
        author: author.clone(),
        timestamp: t(10),
        action_seq: 10,
        prev_action: ah(&open),
        entry_type: EntryType::AgentPubKey,
        entry_hash: author.clone().into(),
        weight: Default::default(),
    });
    let init = Action::InitZomesComplete(InitZomesComplete {
        author: author.clone(),
        timestamp: t(11),
        action_seq: 11,
        prev_action: ah(&me),
    });
    let na = RecordEntry::NA;
    let ne = |a: &Action| match a {
        Action::Create(c) => NewEntryAction::Create(c.clone()),
        Action::Update(u) => NewEntryAction::Update(u.clone()),
        _ => unreachable!(),
    };
    let mut out: Vec<(ChainOp, String)> = vec![];
    for (a, e) in [
        (&dna, na.clone()),
        (&pkg, na.clone()),
        (&a_create, RecordEntry::Present(post.clone())),
        (&private, RecordEntry::Hidden),
        (&a_update, RecordEntry::NotStored),
        (&a_delete, na.clone()),
        (&a_link, na.clone()),
        (&a_unlink, na.clone()),
        (&close, na.clone()),
        (&open, na.clone()),
        (&me, RecordEntry::Present(Entry::Agent(author.clone()))),
        (&init, na.clone()),
    ] {
        out.push((ChainOp::StoreRecord(sig(1), a.clone(), e), h(Unique::StoreRecord(a))));
        out.push((
            ChainOp::RegisterAgentActivity(sig(2), a.clone()),
            h(Unique::RegisterAgentActivity(a)),
        ));
    }
    out.push((
        ChainOp::StoreEntry(sig(3), ne(&a_create), post.clone()),
        h(Unique::StoreEntry(&ne(&a_create))),
    ));
    out.push((
        ChainOp::StoreEntry(sig(4), ne(&a_update), edited.clone()),
        h(Unique::StoreEntry(&ne(&a_update))),
    ));
    out.push((
        ChainOp::RegisterUpdatedContent(sig(5), update.clone(), RecordEntry::Present(edited.clone())),
        h(Unique::RegisterUpdatedContent(&update)),
    ));
    out.push((
        ChainOp::RegisterUpdatedRecord(sig(6), update.clone(), RecordEntry::Present(edited.clone())),
        h(Unique::RegisterUpdatedRecord(&update)),
    ));
    out.push((
        ChainOp::RegisterDeletedBy(sig(7), delete.clone()),
        h(Unique::RegisterDeletedBy(&delete)),
    ));
    out.push((
        ChainOp::RegisterDeletedEntryAction(sig(8), delete.clone()),
        h(Unique::RegisterDeletedEntryAction(&delete)),
    ));
    out.push((ChainOp::RegisterAddLink(sig(9), link.clone()), h(Unique::RegisterAddLink(&link))));
    out.push((
        ChainOp::RegisterRemoveLink(sig(10), unlink.clone()),
        h(Unique::RegisterRemoveLink(&unlink)),
    ));
    let records = vec![
        SourceChainDumpRecord {
            signature: sig(1),
            action_address: ah(&a_create),
            action: a_create.clone(),
            entry: Some(post.clone()),
        },
        SourceChainDumpRecord {
            signature: sig(1),
            action_address: ah(&private),
            action: private.clone(),
            entry: Some(secret.clone()),
        },
        SourceChainDumpRecord {
            signature: sig(1),
            action_address: ah(&a_delete),
            action: a_delete.clone(),
            entry: None,
        },
    ];
    let hashes: Vec<String> = out.iter().map(|(_, h)| h.clone()).collect();
    let actions: Vec<String> = [
        &dna, &pkg, &a_create, &private, &a_update, &a_delete, &a_link, &a_unlink, &close, &open, &me, &init,
    ]
    .iter()
    .map(|a| ah(a).to_string())
    .collect();
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
            dht_ops_cursor: 33,
        },
    };
    let hex: String = holochain_serialized_bytes::encode(&full)
        .unwrap()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    println!(
        "{}",
        serde_json::json!({ "crates": "holochain_zome_types 0.6.3, holochain_state_types 0.6.3, holochain_serialized_bytes 0.0.57, serde_json 1", "generation": "0.6",
        "hashes": hashes, "actions": actions, "messagepack": hex, "json": serde_json::to_string(&full).unwrap() })
    );
}
