//! An authority of one's own, whose certificates a target has: a file in PEM.

use std::sync::Arc;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

/// The certificates of an authority. Where a target names one, no other is trusted.
#[derive(Clone, Debug)]
pub struct Authority(Arc<[CertificateDer<'static>]>);

impl Authority {
    /// Reads a file in PEM; `None` if it has no certificate, or one that no authority can have.
    pub(crate) fn read(pem: &str) -> Option<Self> {
        let read: Result<Arc<[_]>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
        let certificates = read.ok().filter(|read| !read.is_empty())?;
        let mut roots = RootCertStore::empty();
        let (_, unusable) = roots.add_parsable_certificates(certificates.iter().cloned());
        (unusable == 0).then_some(Self(certificates))
    }

    /// Its certificates, each in DER.
    pub(crate) fn certificates(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(AsRef::as_ref)
    }
}
