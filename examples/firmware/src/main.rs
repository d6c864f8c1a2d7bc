//! The image: one holder, one order, from the boot to the end.
//!
//! The emulator's command line says what to do: `sign` for a bare signature of a digest, `document` for
//! a PDF that goes up and comes back signed; `again` or `abandon` behind it is the holder's word on a
//! signature in doubt.
#![no_std]
#![no_main]

mod desk;
mod emulated;
mod office;
mod print;

use core::cell::RefCell;

use rubrica_board::semihosting;
use rubrica_board::uart::Uart;
use rubrica_board::{clock, entry, stack};
use rubrica_core::document::Digest;
use rubrica_core::psc::{
    Application, Content, Format, Item, Order, Padding, Provider, Service, VIDAAS,
};
use rubrica_core::secret::SecretText;
use rubrica_firmware::link::Link;
use rubrica_firmware::network::{Network, SessionSlot};
use rubrica_firmware::paper::Paper;
use rubrica_firmware::pin::Pin;
use rubrica_firmware::random::Generator;
use rubrica_firmware::tls::RECORD;

use emulated::{EmulatedFlash, Line, secret_file};
use office::Office;
use print::{Decimal, say};

/// The provider, without what a firmware does not ask of it.
const PROVIDER: &Provider<'static> = &VIDAAS.for_signing();

/// Where the service is. A board of your own has it in its configuration.
const BASE_URL: &str = "https://localhost";

/// The application's registration with the service.
const CLIENT_ID: &str = "firmware";

/// Its secret. A board of your own reads it from where it keeps keys: what stands in an image can be
/// read out of it.
const CLIENT_SECRET: &str = "firmware-secret";

/// The keys that the service may have: the sandbox's, and none in the second place.
const PINS: [Pin; 2] = [
    [
        0x45, 0x95, 0x3e, 0x13, 0xdf, 0x66, 0xb1, 0xc7, 0x2f, 0x6e, 0xbe, 0x00, 0x16, 0xd4, 0xe0,
        0x2e, 0x92, 0xa1, 0xa7, 0x8d, 0x91, 0x19, 0x47, 0x61, 0x9f, 0x5a, 0xa0, 0xb5, 0x9f, 0xf8,
        0x8d, 0x65,
    ],
    [0; 32],
];

/// Keys that no server has, to show what happens then.
const STRANGERS: [Pin; 2] = [[0; 32]; 2];

/// Bytes of noise in the document: 3 MiB, as a page of a colour scan has.
const NOISE: u32 = 3 * 1024 * 1024;

/// Bytes for a record of ours: 512 of content, and embedded-tls's overhead.
const OUTGOING: usize = 512 + 128;

/// Bytes for a request without its document.
const REQUEST: usize = 2_048;

/// Bytes for a reply without its document: the holder's certificate is the longest.
const REPLY: usize = 3_584;

#[entry]
fn main() -> ! {
    static mut SESSION: SessionSlot = SessionSlot::new();
    static mut RECORD_BUFFER: [u8; RECORD] = [0; RECORD];
    static mut OUTGOING_BUFFER: [u8; OUTGOING] = [0; OUTGOING];
    static mut REQUEST_BUFFER: [u8; REQUEST] = [0; REQUEST];
    static mut REPLY_BUFFER: [u8; REPLY] = [0; REPLY];

    clock::start();
    let mut line = [0; 64];
    let mut words = semihosting::arguments(&mut line).split(' ');
    let (mode, word) = (words.next().unwrap_or_default(), words.next());

    say(&[
        "This board is emulated: its entropy, its device key and its flash are files of the host.",
    ]);
    let Some(seed) = secret_file::<32>("seed") else { stop("there is no seed") };
    let Some(key) = secret_file::<16>("device-key") else { stop("there is no device key") };
    let random = RefCell::new(Generator::new(seed));
    let flash = RefCell::new(EmulatedFlash);
    let uart = Line::Uart(Uart::start());
    let line = if mode == "document" { Line::pipes().unwrap_or(uart) } else { uart };
    let network = Network {
        link: Link::new(line, clock::milliseconds),
        slot: SESSION,
        record: RECORD_BUFFER,
        outgoing: OUTGOING_BUFFER,
        pins: if mode == "stranger" { &STRANGERS } else { &PINS },
        random: &random,
    };
    let secret = SecretText::new(CLIENT_SECRET);
    let application = Service::new(PROVIDER, BASE_URL)
        .and_then(|service| Application::new(service, CLIENT_ID, secret, ""));
    let Ok(application) = application else { stop("the configuration is wrong") };
    let mut office = Office {
        application: &application,
        network,
        random: &random,
        flash: &flash,
        key: &key,
        request: REQUEST_BUFFER,
        reply: REPLY_BUFFER,
    };

    let paper = Paper::new(NOISE);
    let (content, format, padding) = match mode {
        "sign" | "stranger" => {
            let digest = Digest::of(b"a contract that stays on the device");
            (Content::Digest(digest), Format::Raw, Some(Padding::Pkcs1V15))
        }
        "document" => {
            let content = Content::Document { length: paper.length(), digest: None };
            (content, Format::PadesAdRb, None)
        }
        _ => stop("say sign or document"),
    };
    let items = [Item { id: "1", alias: "contract", content }];
    let order =
        Order { items: &items, format, padding, signature_page: false, certificate_alias: None };
    let end = office.sign(&order, paper, word);

    say(&[
        "# ",
        Decimal::new(clock::milliseconds()).as_str(),
        " ms, stack ",
        Decimal::new(stack::used() as u64).as_str(),
        " of ",
        Decimal::new(stack::room() as u64).as_str(),
        " bytes",
    ]);
    if stack::used() >= stack::room() {
        stop("the stack has run into the variables");
    }
    match end {
        Ok(()) => semihosting::exit(0),
        Err(why) => stop(why),
    }
}

/// Says why there is nothing more to do, and ends.
fn stop(why: &str) -> ! {
    say(&["stopped: ", why]);
    semihosting::exit(1)
}
