//! ECDSA over a digest that someone else computed (FIPS 186-5 §6.4), which ring does not offer.
//!
//! Nothing here runs in constant time, and the nonce is made from the key and the digest, so that
//! one digest has one signature: the keys are public.

use num_bigint::BigUint;
use ring::digest;

use super::der;
use crate::error::StartError;

/// A curve with a = -3 and cofactor 1 (SP 800-186 §3.2.1).
#[derive(Debug)]
struct Curve {
    object_identifier: &'static str,
    prime: BigUint,
    order: BigUint,
    generator: Point,
}

/// A point in Jacobian coordinates; z = 0 is the point at infinity.
#[derive(Clone, Debug)]
struct Point {
    x: BigUint,
    y: BigUint,
    z: BigUint,
}

/// A key on P-256 or P-384.
#[derive(Debug)]
pub(crate) struct EcKey {
    curve: Curve,
    private: BigUint,
    private_bytes: Vec<u8>,
    public: Vec<u8>,
}

impl EcKey {
    /// Reads an unencrypted PKCS#8 key that holds its public point (RFC 5915 §3).
    pub(crate) fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, StartError> {
        Self::read(pkcs8).ok_or(StartError::Key)
    }

    fn read(pkcs8: &[u8]) -> Option<Self> {
        let (_, key_info, _) = der::read(pkcs8)?;
        let (_, _version, rest) = der::read(key_info)?;
        let (_, _algorithm, rest) = der::read(rest)?;
        let (_, private_key, _) = der::read(rest)?;
        let (_, fields, _) = der::read(private_key)?;
        let (_, _version, rest) = der::read(fields)?;
        let (_, private, rest) = der::read(rest)?;
        let (_, wrapped, _) = der::read(rest)?;
        let (_, bits, _) = der::read(wrapped)?;
        let (_unused, public) = bits.split_first()?;
        Some(Self {
            curve: Curve::of_size(private.len())?,
            private: BigUint::from_bytes_be(private),
            private_bytes: private.to_vec(),
            public: public.to_vec(),
        })
    }

    /// SubjectPublicKeyInfo (RFC 5480 §2).
    pub(crate) fn public_key_info(&self) -> Vec<u8> {
        let algorithm = der::sequence(&[
            &der::object_identifier("1.2.840.10045.2.1"),
            &der::object_identifier(self.curve.object_identifier),
        ]);
        der::sequence(&[&algorithm, &der::bit_string(&self.public)])
    }

    /// The point, uncompressed (SEC 1 §2.3.3).
    pub(crate) fn public_key(&self) -> &[u8] {
        &self.public
    }

    /// Ecdsa-Sig-Value in DER (RFC 3279 §2.2.3) over a SHA-256 digest as it stands.
    pub(crate) fn sign_digest(&self, digest: &[u8; 32]) -> Vec<u8> {
        let order = &self.curve.order;
        // SHA-256 is no longer than the order of either curve, so nothing of it is cut off.
        let hashed = BigUint::from_bytes_be(digest);
        (0u8..)
            .find_map(|attempt| {
                let nonce = self.nonce(digest, attempt);
                let (x, _) = self.curve.affine(&self.curve.multiple(&nonce))?;
                let r = x % order;
                let inverse = nonce.modpow(&(order - 2u32), order);
                let s = inverse * (&hashed + &r * &self.private) % order;
                let zero = BigUint::default();
                (r != zero && s != zero).then(|| {
                    der::sequence(&[
                        &der::integer(&r.to_bytes_be()),
                        &der::integer(&s.to_bytes_be()),
                    ])
                })
            })
            .unwrap_or_default()
    }

    fn nonce(&self, digest: &[u8; 32], attempt: u8) -> BigUint {
        let seed = [&self.private_bytes[..], digest, &[attempt]].concat();
        let bytes = digest::digest(&digest::SHA512, &seed);
        BigUint::from_bytes_be(bytes.as_ref()) % (&self.curve.order - 1u32) + 1u32
    }
}

impl Curve {
    /// By the size of its scalars in bytes.
    fn of_size(bytes: usize) -> Option<Self> {
        match bytes {
            32 => Self::new(
                "1.2.840.10045.3.1.7",
                b"ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
                b"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
                b"6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
                b"4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
            ),
            48 => Self::new(
                "1.3.132.0.34",
                b"fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe\
                  ffffffff0000000000000000ffffffff",
                b"ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf\
                  581a0db248b0a77aecec196accc52973",
                b"aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a38\
                  5502f25dbf55296c3a545e3872760ab7",
                b"3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c0\
                  0a60b1ce1d7e819d7a431d7c90ea0e5f",
            ),
            _ => None,
        }
    }

    fn new(
        object_identifier: &'static str,
        prime: &[u8],
        order: &[u8],
        x: &[u8],
        y: &[u8],
    ) -> Option<Self> {
        let number = |digits| BigUint::parse_bytes(digits, 16);
        Some(Self {
            object_identifier,
            prime: number(prime)?,
            order: number(order)?,
            generator: Point { x: number(x)?, y: number(y)?, z: BigUint::from(1u32) },
        })
    }

    fn difference(&self, left: &BigUint, right: &BigUint) -> BigUint {
        (left + &self.prime - right % &self.prime) % &self.prime
    }

    /// A multiple of the generator, by doubling and adding.
    fn multiple(&self, scalar: &BigUint) -> Point {
        let infinity =
            Point { x: BigUint::from(1u32), y: BigUint::from(1u32), z: BigUint::default() };
        (0..scalar.bits()).rev().fold(infinity, |sum, place| {
            let doubled = self.doubled(&sum);
            if scalar.bit(place) { self.sum(&doubled, &self.generator) } else { doubled }
        })
    }

    fn doubled(&self, point: &Point) -> Point {
        let p = &self.prime;
        let delta = &point.z * &point.z % p;
        let gamma = &point.y * &point.y % p;
        let beta = &point.x * &gamma % p;
        let alpha = self.difference(&point.x, &delta) * (&point.x + &delta) * 3u32 % p;
        let x = self.difference(&(&alpha * &alpha), &(&beta * 8u32));
        let sum = &point.y + &point.z;
        let z = self.difference(&(&sum * &sum), &(&gamma + &delta));
        let right = &gamma * &gamma * 8u32;
        let y = self.difference(&(alpha * self.difference(&(beta * 4u32), &x)), &right);
        Point { x, y, z }
    }

    /// The sum of two points that are not each other's negative.
    fn sum(&self, left: &Point, right: &Point) -> Point {
        let p = &self.prime;
        if left.z == BigUint::default() {
            return right.clone();
        }
        let (left_z2, right_z2) = (&left.z * &left.z % p, &right.z * &right.z % p);
        let (u_1, u_2) = (&left.x * &right_z2 % p, &right.x * &left_z2 % p);
        let s_1 = &left.y * &right.z % p * &right_z2 % p;
        let s_2 = &right.y * &left.z % p * &left_z2 % p;
        if u_1 == u_2 && s_1 == s_2 {
            return self.doubled(left);
        }
        let h = self.difference(&u_2, &u_1);
        let r = self.difference(&s_2, &s_1);
        let h_2 = &h * &h % p;
        let h_3 = &h_2 * &h % p;
        let u_1_h_2 = u_1 * h_2 % p;
        let x = self.difference(&(&r * &r), &(&h_3 + &u_1_h_2 * 2u32));
        let y = self.difference(&(r * self.difference(&u_1_h_2, &x)), &(s_1 * h_3));
        let z = h * &left.z % p * &right.z % p;
        Point { x, y, z }
    }

    /// `None` for the point at infinity.
    fn affine(&self, point: &Point) -> Option<(BigUint, BigUint)> {
        let p = &self.prime;
        if point.z == BigUint::default() {
            return None;
        }
        let inverse = point.z.modpow(&(p - 2u32), p);
        let squared = &inverse * &inverse % p;
        let x = &point.x * &squared % p;
        let y = &point.y * &squared % p * inverse % p;
        Some((x, y))
    }
}

#[cfg(test)]
mod tests {
    use ring::signature::{
        ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA256_ASN1, EcdsaVerificationAlgorithm,
        UnparsedPublicKey,
    };

    use super::*;
    use crate::pki::keys;
    use crate::random;

    #[test]
    fn ring_accepts_what_is_signed_on_both_curves_and_nothing_else() {
        let pairs: [(&[u8], &'static EcdsaVerificationAlgorithm); 2] = [
            (keys::HOLDER_P256, &ECDSA_P256_SHA256_ASN1),
            (keys::HOLDER_P384, &ECDSA_P384_SHA256_ASN1),
        ];
        for (pkcs8, algorithm) in pairs {
            let key = EcKey::from_pkcs8(pkcs8).unwrap();
            let public = UnparsedPublicKey::new(algorithm, key.public_key());
            for round in 0..8u8 {
                let message = [round; 40];
                let signature = key.sign_digest(&random::sha256(&message));
                assert!(public.verify(&message, &signature).is_ok(), "{round}");
                assert!(public.verify(b"another", &signature).is_err());
                assert_eq!(signature, key.sign_digest(&random::sha256(&message)));
            }
        }
    }

    #[test]
    fn the_public_point_is_the_generator_times_the_key() {
        for pkcs8 in [keys::HOLDER_P256, keys::HOLDER_P384] {
            let key = EcKey::from_pkcs8(pkcs8).unwrap();
            let (x, y) = key.curve.affine(&key.curve.multiple(&key.private)).unwrap();
            let point = [&[4][..], &x.to_bytes_be(), &y.to_bytes_be()].concat();
            assert_eq!(point, key.public_key());
        }
    }
}
