//! `fabric witness serve`: the witness as a process. With `--attest` it keeps a ledger of its own, in its state folder.

use evidence::{
    ed25519::{SecretKey, Signer},
    note::{Kind, VerifierKey},
    statement::Statement,
    tlog_proof::Proof,
};
use model::{Code, Failure};
use witness::{
    Name, State,
    server::{Attests, Witness},
};
use workspace::{Folders, Ledger, Receipt, vault_of};

use super::{FINE, failed, now, passphrase::ask};
use crate::{
    args::WitnessServe,
    terminal::{Stop, Terminal},
};

pub fn serve(arguments: &WitnessServe, terminal: &Terminal) -> Result<u8, Stop> {
    let folders = Folders::of_user();
    let vault = vault_of(&folders);
    let wrong = |error: evidence::Error| Failure::new(Code::BadCall, error.to_string());
    let log = |line: &String| {
        let key = VerifierKey::parse(line).map_err(wrong)?;
        if key.kind() == Kind::Ed25519 {
            return Ok(key);
        }
        let message = format!("`{line}` is a witness's key, and no log signs with it");
        let mut failure = Failure::new(Code::BadCall, message);
        "give the line `log` that `fabric keys show NAME --origin ORIGIN` prints, not the line `witness`"
            .clone_into(&mut failure.hint);
        Err(failure)
    };
    let logs = arguments.logs.iter().map(log);
    let logs = logs.collect::<Result<Vec<_>, _>>()?;
    let key = vault.find(&arguments.key).map_err(Failure::from)?;
    // Once for both uses: a passphrase is asked for once, and standard input is read once.
    let opened = vault.opened(&key, &ask(&arguments.opening))?;
    let state = State::open(&arguments.state.join("logs")).map_err(Failure::from)?;
    let ledger: Option<Box<dyn Attests>> = if arguments.attest {
        let signer = opened.signer();
        let root = super::root(&arguments.state)?;
        let ledger = match Ledger::open(&root, &folders).map_err(failed)? {
            Some(ledger) => ledger,
            None => {
                let origin = format!("{}/ledger", arguments.name);
                let key = (key.name.as_str(), &signer as &dyn Signer);
                Ledger::create(&root, &folders, Some(&origin), key, now()).map_err(failed)?
            }
        };
        Some(Box::new(Own { ledger, signer }))
    } else {
        None
    };
    let witness = Witness {
        name: arguments.name.clone(),
        signer: Box::new(opened.signer()),
        logs,
        state,
        ledger,
        clock: Box::new(now),
        per_minute: arguments.per_minute,
    };
    let name = Name {
        name: &witness.name,
        signer: &*witness.signer,
    };
    let vkey = name.verifier().map_err(wrong)?.to_string();
    let mut unread = None;
    let served = witness::server::serve(arguments.listen, witness, |address| {
        let url = format!("http://{address}");
        let said = serde_json::json!({ "url": url, "witness": vkey });
        unread = if terminal.json {
            terminal.line(&said).err()
        } else {
            terminal.print(&format!("{url}\n{vkey}\n")).err()
        };
    });
    served.map_err(Failure::from)?;
    unread.map_or(Ok(FINE), Err)
}

/// The witness's own ledger.
struct Own {
    ledger: Ledger,
    signer: SecretKey,
}

impl Attests for Own {
    fn attest(&self, statement: &[u8]) -> Result<String, Failure> {
        let wrong = |error: evidence::Error| Failure::new(Code::BadCall, error.to_string());
        let said = Statement::parse(statement).map_err(wrong)?;
        let receipt = Receipt::of(&said, &[&self.signer])?;
        let numbers = self.ledger.append(vec![receipt])?;
        self.ledger.sign(&[&self.signer], now())?;
        self.inclusion(numbers.start)
    }

    fn inclusion(&self, index: u64) -> Result<String, Failure> {
        let proof = self.ledger.prove(index)?;
        let entry = self.ledger.entries(index..index + 1)?.pop();
        let extra = entry.map_or_else(Vec::new, |entry| entry.to_line().into_bytes());
        Ok(Proof { extra, ..proof }.to_string())
    }

    fn consistency(&self, old: u64) -> Result<String, Failure> {
        Ok(self.ledger.growth(old)?.to_string())
    }
}
