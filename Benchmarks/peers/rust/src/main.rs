//! The peer jsonwebtoken, its keys parsed once. The exchange with the runner is in ../README.md.
use jsonwebtoken::{decode, encode, Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs;
use std::io::{self, BufRead};
use std::path::Path;
use std::time::Instant;

#[derive(Serialize, Deserialize, Clone)]
struct Claims {
    iss: String,
    sub: String,
    aud: String,
    exp: u64,
    nbf: u64,
    iat: u64,
    jti: String,
    scope: String,
}

struct Case {
    token: String,
    claims: Claims,
    header: Header,
    validation: Validation,
    public: DecodingKey,
    private: EncodingKey,
    batches: HashMap<String, u64>,
}

impl Case {
    fn new(folder: &Path, algorithm: Algorithm) -> Option<Case> {
        let name = format!("{:?}", algorithm);
        let (place, suffix) = if algorithm == Algorithm::EdDSA { ("Ed25519", ".EdDSA") } else { (name.as_str(), "") };
        let home = folder.join(place);
        let token = fs::read_to_string(home.join(format!("token{suffix}"))).ok()?;
        let forged = fs::read_to_string(home.join(format!("forged{suffix}"))).ok()?;
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&["https://idp.example/realms/production"]);
        validation.set_audience(&["https://api.example/orders"]);
        validation.set_required_spec_claims(&["exp", "nbf", "sub", "iss", "aud"]);
        validation.validate_nbf = true;
        let read = |file: &str| fs::read(home.join(file)).ok();
        let (public, private) = match algorithm {
            Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512 => {
                let secret = read("secret")?;
                (DecodingKey::from_secret(&secret), EncodingKey::from_secret(&secret))
            }
            Algorithm::ES256 | Algorithm::ES384 => (
                DecodingKey::from_ec_pem(&read("public.pem")?).ok()?,
                EncodingKey::from_ec_pem(&read("private.pem")?).ok()?,
            ),
            Algorithm::EdDSA => (
                DecodingKey::from_ed_pem(&read("public.pem")?).ok()?,
                EncodingKey::from_ed_pem(&read("private.pem")?).ok()?,
            ),
            _ => (
                DecodingKey::from_rsa_pem(&read("public.pem")?).ok()?,
                EncodingKey::from_rsa_pem(&read("private.pem")?).ok()?,
            ),
        };
        let claims = decode::<Claims>(&token, &public, &validation).ok()?.claims;
        assert!(decode::<Claims>(&forged, &public, &validation).is_err());
        let mut header = Header::new(algorithm);
        header.kid = Some("benchmark-2026".to_string());
        Some(Case { token, claims, header, validation, public, private, batches: HashMap::new() })
    }

    fn batch(&self, op: &str, count: u64) -> f64 {
        let start = Instant::now();
        for _ in 0..count {
            if op == "verify" {
                std::hint::black_box(decode::<Claims>(&self.token, &self.public, &self.validation).unwrap());
            } else {
                std::hint::black_box(encode(&self.header, &self.claims, &self.private).unwrap());
            }
        }
        start.elapsed().as_secs_f64()
    }

    fn measure(&mut self, op: &str, seconds: f64) -> f64 {
        let batch = *self.batches.get(op).unwrap_or(&{
            let mut count = 1;
            while self.batch(op, count) < 0.002 {
                count *= 2;
            }
            count
        });
        self.batches.insert(op.to_string(), batch);
        let (mut done, mut spent) = (0u64, 0.0);
        while spent < seconds {
            spent += self.batch(op, batch);
            done += batch;
        }
        done as f64 / spent
    }
}

fn main() {
    use Algorithm::*;
    let folder = std::env::args().nth(1).expect("the folder of the material");
    println!("about jsonwebtoken Rust jsonwebtoken 8.2 with ring 0.16 from Debian, old");
    let mut cases = HashMap::new();
    for algorithm in [HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, EdDSA] {
        if let Some(case) = Case::new(Path::new(&folder), algorithm) {
            let name = if algorithm == EdDSA { "Ed25519".to_string() } else { format!("{:?}", algorithm) };
            for op in ["verify", "sign"] {
                println!("can jsonwebtoken {name} {op}");
            }
            cases.insert(name, case);
        }
    }
    println!("ready");
    for line in io::stdin().lock().lines() {
        let line = line.unwrap();
        let words: Vec<&str> = line.split_whitespace().collect();
        let (alg, op, seconds) = (words[1], words[2], words[3].parse().unwrap());
        let rate = cases.get_mut(alg).unwrap().measure(op, seconds);
        println!("jsonwebtoken {alg} {op} {rate:.1}");
    }
}
