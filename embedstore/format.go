package embedstore

// FORMAT of the store, version 1. Version 1 will be read by every later
// program. A store of a newer version is refused and left as it is; an older
// one is copied step by step to a new file (migrate.go) and kept beside it as
// store.db.format<n>.
//
// The folder holds store.db (bbolt, page size 8192) and files/xx/… (sealed
// attachments). Buckets of store.db; ids and sequences are 8 bytes big-endian,
// collection and index names are UTF-8 ended by a zero byte:
//
//	meta      "format" → 1 byte version; "id" → store id (16 bytes);
//	          "check" → a sealed constant, which tells a wrong key;
//	          "head" → sequence and hash of the last journal entry
//	rec       collection 00 id → sealed record
//	idx       collection 00 index 00 key id → cover (in clear)
//	eq        collection 00 keyed hash(16) id → empty
//	uniq      keyed hash(16) → collection 00 id
//	tally     collection 00 name → count (8 bytes); names are in clear
//	ids       collection → last id given
//	series    series → last number given
//	journal   sequence → hash(32) sealed entry
//	bodies    sequence index(4) → sealed change or event body
//	hist      collection 00 id sequence → empty
//	shelf     shelf 00 keyed hash(16) → sealed key and value
//	files     keyed hash of content → sealed size and type
//
// A sealed value is suite(1) nonce(12) AES-256-GCM text and tag, with bucket
// name and key as additional data; suite 1 is AES-256-GCM. Plain texts are
// deterministic CBOR (RFC 8949 §4.2). Subkeys come from the master key by
// HKDF-SHA256 with the label as info. The chain is
// hash(n) = SHA-256(suite, hash(n-1), CBOR of the entry's header), where the
// header holds SHA-256(salt, body) of every body: a body and its salt can be
// destroyed without breaking the chain. Pages that a destroyed body lay on keep
// its sealed bytes until the file is compacted or the pages are used again.
//
// The head in meta stands in clear: Check finds entries altered, moved or cut
// out, but a whole older copy of the file is told only by a head noted
// elsewhere, such as in a bundle.
const formatVersion = 1

// Format is the version of the store's format that this program writes.
const Format = formatVersion

// suiteAESGCM is the only cipher suite of version 1.
const suiteAESGCM = 1

// pageSize of the file: a third smaller than the default for records of 2 KB.
const pageSize = 8192
