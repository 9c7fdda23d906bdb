//! API keys: made, listed, revoked. A key's secret is told once.

use creditgate_credit::fault::{Faults, FieldProblem};
use creditgate_gate::Holder;
use creditgate_store::{ApiKey, Revoked};
use creditgate_wire::admin::{IssuedKey, Key, NewKeyBody};
use creditgate_wire::pages::Keys;

use crate::clock;
use crate::http::auth::NewKey;
use crate::http::{Answer, Answered, Code, HostState, Json, Page, PathText, Problem, Role};

/// Longest name of a key, in characters.
const LONGEST_NAME: usize = 100;

/// Makes an API key
///
/// This answer alone tells the secret of the key.
#[utoipa::path(post, path = "/v1/admin/keys", tag = "administration")]
pub(in crate::http) async fn create_key(shared: HostState, asked: Json<NewKeyBody>) -> Answered<IssuedKey> {
    let (asked, role) = asked.turned(|asked| check(&asked).map(|role| (asked, role)))?;
    let key = NewKey::generate().map_err(Problem::caused)?;
    let holder = holder(&asked, role);
    creditgate_store::says(&*key.id, format!("{} `{}`", role.code(), asked.name));
    let record = ApiKey {
        id: key.id.clone(),
        name: asked.name,
        holder,
        role: role.code().to_owned(),
        departments: asked.departments,
        secret_hash: key.secret_hash,
        created_at: clock::now(),
        revoked_at: None,
    };
    let _one_at_a_time = shared.key_changes.lock().await;
    shared.keys.replace(shared.store.insert_key(record).await?);
    Ok(Answer(IssuedKey { id: key.id, key: key.text }))
}

/// Lists the API keys, without their secrets
#[utoipa::path(get, path = "/v1/admin/keys", tag = "administration")]
pub(in crate::http) async fn list_keys(shared: HostState, page: Page) -> Answered<Keys> {
    let (keys, next) = page.of(shared.store.keys()?, |key| key.id.clone())?;
    let keys = keys.into_iter().map(shown).collect();
    Ok(Answer(Keys { keys, next }))
}

/// Revokes an API key
///
/// The key is refused for good, from the next request on. Revoking a key again changes
/// nothing. The last key of an administrator cannot be revoked: make another key first.
#[utoipa::path(delete, path = "/v1/admin/keys/{id}", tag = "administration")]
pub(in crate::http) async fn revoke_key(shared: HostState, id: PathText) -> Answered<Key> {
    creditgate_store::says(id.text(), "");
    let _one_at_a_time = shared.key_changes.lock().await;
    let key = match shared.store.revoke_key(id.text().to_owned(), clock::now()).await? {
        Revoked::Now(keys) => {
            let key = keys.iter().find(|key| key.id == id.text()).cloned();
            shared.keys.replace(keys);
            key
        }
        Revoked::NotAny => shared.store.key(id.text())?,
        Revoked::LastAdmin => {
            let detail = "this is the last key of an administrator; make another one (`creditgate keys create \
                          --role admin`), then revoke it";
            return Err(Problem::new(Code::KeyLastAdmin, detail));
        }
    };
    let key = key.ok_or_else(|| {
        Problem::new(Code::KeyUnknown, "no key has this id; it is the part between the underscores")
    })?;
    Ok(Answer(shown(key)))
}

fn shown(key: ApiKey) -> Key {
    let (person, system) = match key.holder {
        Holder::Person(name) => (Some(name), None),
        Holder::System(name) => (None, Some(name)),
    };
    Key {
        id: key.id,
        name: key.name,
        person,
        system,
        role: key.role,
        departments: key.departments,
        created_at: key.created_at.into(),
        revoked_at: key.revoked_at.map(Into::into),
    }
}

/// Who holds the key.
fn holder(asked: &NewKeyBody, role: Role) -> Holder {
    match (&asked.person, &asked.system) {
        (Some(person), _) => Holder::Person(person.clone()),
        (None, Some(system)) => Holder::System(system.clone()),
        (None, None) => match role {
            Role::Caller | Role::Vendor => Holder::System(asked.name.clone()),
            Role::Publisher | Role::Auditor | Role::Admin => Holder::Person(asked.name.clone()),
        },
    }
}

/// The role, once the rest fits it.
fn check(asked: &NewKeyBody) -> Result<Role, Vec<FieldProblem>> {
    let mut faults = Faults::default();
    let names =
        [("name", Some(&asked.name)), ("person", asked.person.as_ref()), ("system", asked.system.as_ref())];
    for (field, name) in names.into_iter().filter_map(|(field, name)| Some((field, name?))) {
        faults.line(field, name, LONGEST_NAME);
    }
    if asked.person.is_some() && asked.system.is_some() {
        faults.refuse("system", "key.holder", "must not be given beside a person: one of them holds the key");
    }
    let role = Role::from_code(&asked.role);
    if role.is_none() {
        faults.refuse("role", "value.unknown", "must be one of caller, vendor, publisher, auditor, admin");
    }
    let departments = match (role, asked.departments.as_deref()) {
        (Some(Role::Vendor), None | Some([])) => Some("must name the departments the vendor works for"),
        (Some(Role::Publisher | Role::Auditor | Role::Admin), Some(_)) => {
            Some("are for the roles `caller` and `vendor` only")
        }
        (Some(Role::Caller), Some([])) => Some("must not be empty; leave it out for every department"),
        _ => None,
    };
    if let Some(message) = departments {
        faults.refuse("departments", "key.departments", message);
    }
    faults.passed_if_read(role)
}
