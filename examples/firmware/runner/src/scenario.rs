//! What is played.

use rubrica_sandbox::{Fault, Policy, Rule, vidaas};

use crate::stage::{Ending, Stage};

/// A scenario: what happens to the board, the service and the holder.
type Play = fn(&mut Stage) -> Result<(), String>;

/// All of them, by the names of their stored stories.
pub(crate) const ALL: [(&str, Play); 6] = [
    ("sign", sign),
    ("document", document),
    ("cut-while-the-holder-is-asked", cut_while_asked),
    ("cut-after-the-request", cut_after_request),
    ("forged", forged),
    ("stranger", stranger),
];

/// A bare signature of a digest.
fn sign(stage: &mut Stage) -> Result<(), String> {
    stage.boot(&["sign"], Ending::Itself)?;
    stage.count();
    Ok(())
}

/// A document of three megabytes that goes up and comes back signed.
fn document(stage: &mut Stage) -> Result<(), String> {
    stage.boot(&["document"], Ending::Itself)?;
    stage.count();
    Ok(())
}

/// The power fails while the notification is on the phone: the holder is not asked again.
fn cut_while_asked(stage: &mut Stage) -> Result<(), String> {
    stage.sandbox.phone().set_policy(Policy::Ask);
    stage.boot(&["sign"], Ending::CutAtLine("We sent a notification"))?;
    stage.approve()?;
    stage.boot(&["sign"], Ending::Itself)?;
    stage.count();
    Ok(())
}

/// The power fails when the service has signed and nobody has heard of it: nothing is signed a second
/// time, unless the holder says so.
fn cut_after_request(stage: &mut Stage) -> Result<(), String> {
    stage.boot(&["sign"], Ending::CutAtSignature)?;
    stage.boot(&["sign"], Ending::Itself)?;
    stage.count();
    stage.boot(&["sign", "abandon"], Ending::Itself)?;
    stage.count();
    stage.boot(&["sign"], Ending::CutAtSignature)?;
    stage.boot(&["sign", "again"], Ending::Itself)?;
    stage.count();
    Ok(())
}

/// The service's answer holds a signature with one bit changed.
fn forged(stage: &mut Stage) -> Result<(), String> {
    stage.sandbox.faults().add(Rule::always(vidaas::SIGNATURE, Fault::TamperedSignature));
    stage.boot(&["sign"], Ending::Itself)?;
    Ok(())
}

/// The server has another key than those that were pinned: nothing of ours goes out.
fn stranger(stage: &mut Stage) -> Result<(), String> {
    stage.boot(&["stranger"], Ending::CutAtLine("The server has none"))?;
    stage.count();
    Ok(())
}
