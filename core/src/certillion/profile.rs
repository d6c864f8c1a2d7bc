//! The facts of the service, as data.

mod limits;
mod paths;
mod spelling;

pub use limits::Limits;
pub use paths::Paths;
pub use spelling::{AliasPlace, PolicySpelling, Spelling};

use super::psc_name::PscName;
use crate::pacing::Rate;
use crate::time::Duration;
use crate::unsure::Unsure;

/// Every fact of the service that an exchange or a flow needs. All of it can be replaced by
/// configuration, one value at a time:
///
/// ```
/// use rubrica_core::certillion::{CERTILLION, PolicySpelling, Profile};
///
/// let profile = Profile { policy_spelling: PolicySpelling::Hyphen, ..CERTILLION };
/// ```
///
/// Texts are borrowed and lists are slices, so that a profile that was read from a file is owned by
/// whoever read it, and viewed as this type.
#[derive(Clone, Copy, Debug)]
pub struct Profile<'a> {
    /// The name by which a configuration chooses it, in lower case.
    pub name: &'a str,
    /// The name for people.
    pub display_name: &'a str,
    /// The base URL, without a slash at its end.
    pub base_url: &'a str,
    /// The base URL for [`PscName::CERTILLION_SIGNER`], without a slash at its end.
    pub signer_base_url: &'a str,
    /// What stands between a base URL and the paths, with a slash at its start and none at its end.
    pub prefix: &'a str,
    /// The paths of the exchanges, from the prefix on.
    pub paths: Paths<'a>,
    /// What the service calls itself in the `iss` of a redirect, byte for byte (RFC 9207); `None`
    /// for the base URL. No source shows an `iss`.
    pub issuer: Option<&'a str>,
    /// Whether a redirect without `iss` is refused.
    pub issuer_required: bool,
    /// The trust service that is meant where an application names none.
    pub default_psc: PscName<'a>,
    /// How signature policies are written.
    pub policy_spelling: PolicySpelling,
    /// Where the identifier of a certificate stands that is asked for.
    pub alias_place: AliasPlace,
    /// Whether a code is redeemed with `client_id` and `client_secret` beside `manager_id` and
    /// `manager_secret`, which have the same values.
    pub token_client_pair: bool,
    /// Whether the entries of a signature's reply are taken in the order of the request where none
    /// of them has an `id`. Otherwise such a reply is no answer, and the
    /// documents stay in doubt.
    pub entries_in_order: bool,
    /// Names of members in requests that the service has another name for. Mostly empty.
    pub spellings: &'a [Spelling<'a>],
    /// What the service takes, and how fast.
    pub limits: Limits,
    /// What no source settles, with the value that was chosen and the way out: to be told beside a
    /// refusal.
    pub unsure: &'a [Unsure<'a>],
}

impl<'a> Profile<'a> {
    /// The profile without its words for people, which a microcontroller has no use for.
    #[must_use]
    pub const fn for_signing(self) -> Self {
        Self { display_name: "", unsure: &[], ..self }
    }

    /// The name of a member in a request, as the service has it.
    pub(super) fn spell<'w>(&self, word: &'w str) -> &'w str
    where
        'a: 'w,
    {
        let other = self.spellings.iter().find(|spelling| spelling.word == word);
        other.map_or(word, |spelling| spelling.written)
    }
}

/// The service as its vendor runs it.
///
/// Sources: Certillion's API page ("page"), whose names of members and values are in part lost in a
/// translation; the vendor's overview and tutorials; the older SOAP interface of the same product,
/// whose names the translation can be repaired from; a third party's design document; programs in
/// use. What only the latter two tell is marked.
pub const CERTILLION: Profile<'static> = Profile {
    name: "certillion",
    display_name: "Certillion",
    // Programs in use, and a third party's design document. The page has paths only. No other
    // environment is known: the vendor's test accounts are accounts of this one.
    base_url: "https://cloud.certillion.com",
    // The page in Portuguese: it "must be used" for this one.
    signer_base_url: "https://cloud-ws.certillion.com",
    // Page, on all paths.
    prefix: "/css/restful/application",
    paths: Paths::PAGE,
    issuer: None,
    issuer_required: false,
    // The page in Portuguese.
    default_psc: PscName::VAULTID,
    policy_spelling: PolicySpelling::Underscore,
    alias_place: AliasPlace::Header,
    token_client_pair: false,
    entries_in_order: true,
    spellings: &[],
    limits: Limits {
        // A third party's design document: about 80 calls a minute for each CPF, and less or more
        // with some of the trust services.
        calls: Rate { count: 80, period: Duration::from_secs(60) },
        // The page in Portuguese.
        default_lifetime: 300,
        // Unsure: no source of this service tells them. DOC-ICP-17.01 §6.4: `expires_in` of at most
        // 7 days for a CPF, 30 for a CNPJ.
        lifetime_cpf: 7 * 24 * 60 * 60,
        lifetime_cnpj: 30 * 24 * 60 * 60,
        // Unsure: no source tells it. Other services of the kind take as many.
        hashes_per_request: 20,
        // Unsure: no source tells it. The vendor's test accounts take 100 KB.
        document_bytes: 1 << 30,
        // Unsure: nothing is told of a signature that is not ready.
        poll_pause: Duration::from_secs(3),
        // Unsure: no source tells how long the pages of the trust services wait.
        approval_window: Duration::from_secs(300),
    },
    unsure: &[
        Unsure {
            key: "policy_spelling",
            portuguese: "A política vai como AD_RB; a página da API escreve AD-RB. \
                         Tente policy_spelling = \"hyphen\".",
            english: "The policy is written AD_RB; the API page writes AD-RB. \
                      Try policy_spelling = \"hyphen\".",
        },
        Unsure {
            key: "alias_place",
            portuguese: "Na busca de certificados, o alias vai num cabeçalho; outros serviços o \
                         recebem na URL. Tente alias_place = \"query\".",
            english: "When certificates are looked for, the alias stands in a header; other \
                      services take it in the URL. Try alias_place = \"query\".",
        },
        Unsure {
            key: "token_client_pair",
            portuguese: "O código é trocado com manager_id e manager_secret; a documentação mais \
                         nova pediria também client_id e client_secret. \
                         Tente token_client_pair = true.",
            english: "A code is redeemed with manager_id and manager_secret; the newest \
                      documentation is said to want client_id and client_secret too. \
                      Try token_client_pair = true.",
        },
        Unsure {
            key: "paths.validate",
            portuguese: "A validação é pedida em /signature/validate, como na página da API; outra \
                         fonte diz /oauth/signature/validate. \
                         Tente paths.validate = \"/oauth/signature/validate\".",
            english: "Validation is asked for at /signature/validate, as the API page has it; \
                      another source says /oauth/signature/validate. \
                      Try paths.validate = \"/oauth/signature/validate\".",
        },
        Unsure {
            key: "entries_in_order",
            portuguese: "Nenhuma fonte mostra se cada assinatura volta com o id do documento. Sem \
                         id, vale a ordem do pedido; com entries_in_order = false, ficam em dúvida.",
            english: "No source shows whether each signature comes back with its document's id. \
                      Without one, the request's order counts; with entries_in_order = false they \
                      stay in doubt.",
        },
        Unsure {
            key: "spellings",
            portuguese: "Vários nomes das opções de assinatura (distance_x, page_number, location, \
                         remove_signature_id...) foram recuperados de uma tradução. Troque um nome \
                         em spellings; os valores (RIGHT, MIDDLE, NONE...) se escrevem na opção.",
            english: "Several names of signature options (distance_x, page_number, location, \
                      remove_signature_id...) were recovered from a translation. Replace a name in \
                      spellings; values (RIGHT, MIDDLE, NONE...) are written in the option.",
        },
        Unsure {
            key: "signer_base_url",
            portuguese: "Com CERTILLION_SIGNER, todas as chamadas vão a cloud-ws.certillion.com; a \
                         página só o diz da autorização. \
                         Tente signer_base_url = \"https://cloud.certillion.com\".",
            english: "With CERTILLION_SIGNER all calls go to cloud-ws.certillion.com; the page says \
                      it of the authorization only. \
                      Try signer_base_url = \"https://cloud.certillion.com\".",
        },
        Unsure {
            key: "limits",
            portuguese: "Nenhuma fonte oficial diz o ritmo, o tamanho dos lotes e dos documentos \
                         nem a maior duração de um token. Ajuste em limits.",
            english: "No official source tells the pace, the size of batches and documents, or the \
                      longest life of a token. Adjust them in limits.",
        },
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_written_as_it_is_unless_it_has_another_spelling() {
        let spellings = &[Spelling { word: "distance_x", written: "pos_x" }];
        let profile = Profile { spellings, ..CERTILLION };
        assert_eq!(profile.spell("distance_x"), "pos_x");
        assert_eq!(profile.spell("distance_y"), "distance_y");
        assert_eq!(CERTILLION.spell("distance_x"), "distance_x");
    }

    #[test]
    fn what_is_unsure_is_told_in_two_languages_and_once() {
        for (place, unsure) in CERTILLION.unsure.iter().enumerate() {
            assert!(!unsure.portuguese.is_empty() && unsure.portuguese != unsure.english);
            assert!(CERTILLION.unsure.iter().skip(place + 1).all(|other| other.key != unsure.key));
        }
        assert!(CERTILLION.for_signing().unsure.is_empty());
    }
}
