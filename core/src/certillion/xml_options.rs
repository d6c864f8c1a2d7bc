//! How an XML document is signed (`xml_options`).

use super::members::Members;
use super::text::{check_optional, is_presentable};
use crate::error::{Error, Misuse};

/// How an XML document is signed (API page, `xml_options`; the older SOAP interface of the same
/// product has the same). What is `None` or empty is not sent.
///
/// For an NF-e the vendor's samples have `elements_name` `infNFe`, `attribute_id_name` `Id`, no
/// subject's name, and the key's value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct XmlOptions<'a> {
    /// Whether the key's value is put into the signature.
    pub add_key_val: Option<bool>,
    /// Whether the subject's name is put into the signature.
    pub add_subject_name: Option<bool>,
    /// The attribute by which elements are identified: `id`, `Id` or `ID`. It excludes
    /// `elements_id`.
    pub attribute_id_name: Option<&'a str>,
    /// The identifiers of the elements that are signed.
    pub elements_id: &'a [&'a str],
    /// The names of the elements that are signed, together with `attribute_id_name`.
    pub elements_name: &'a [&'a str],
    /// Whether another transform is applied, so that a document can bear several signatures.
    pub multiple_signatures: Option<bool>,
    /// Whether the identifier of the signature is left out.
    ///
    /// Unsure: the name, which is lost on the page; it is that of the older SOAP interface.
    pub remove_signature_id: Option<bool>,
}

impl XmlOptions<'_> {
    /// Elements that can be named. No source tells it.
    pub const ELEMENTS: usize = 64;

    /// Bytes of the longest name or identifier. No source tells it.
    pub const NAME: usize = 128;

    pub(super) fn check(&self) -> Result<(), Error> {
        check_optional(self.attribute_id_name, Self::NAME, "attribute_id_name")?;
        if self.attribute_id_name.is_some() && !self.elements_id.is_empty() {
            return Err(Misuse::Field("elements_id").into());
        }
        for (name, list) in
            [("elements_id", self.elements_id), ("elements_name", self.elements_name)]
        {
            let is_good = list.len() <= Self::ELEMENTS
                && list.iter().all(|each| is_presentable(each, Self::NAME));
            if !is_good {
                return Err(Misuse::Field(name).into());
            }
        }
        Ok(())
    }

    pub(super) fn visit(&self, members: &mut impl Members) {
        if let Some(value) = self.add_key_val {
            members.flag("add_key_val", value);
        }
        if let Some(value) = self.add_subject_name {
            members.flag("add_subject_name", value);
        }
        if let Some(name) = self.attribute_id_name {
            members.text("attribute_id_name", name);
        }
        if !self.elements_id.is_empty() {
            members.list("elements_id", self.elements_id);
        }
        if !self.elements_name.is_empty() {
            members.list("elements_name", self.elements_name);
        }
        if let Some(value) = self.multiple_signatures {
            members.flag("multiple_signatures", value);
        }
        if let Some(value) = self.remove_signature_id {
            members.flag("remove_signature_id", value);
        }
    }
}
