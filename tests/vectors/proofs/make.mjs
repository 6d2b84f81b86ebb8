// Signs one credential with each kind of key, by Digital Bazaar's libraries: vectors that no code of ours made.
// Standard input: {document, contexts: {address: context}}. Argument: the folder to write to. How to run it: README.md.
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite as ecdsa} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import {cryptosuite as eddsa} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';

const {document, contexts} = JSON.parse(readFileSync(0, 'utf8'));
const folder = process.argv[2];

function documentLoader(url) {
  if(!(url in contexts)) {
    throw new Error(`Not to be had here: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document: contexts[url]};
}

async function make(name, cryptosuite, key) {
  const exported = await key.export({publicKey: true});
  const method = `did:key:${exported.publicKeyMultibase}#${exported.publicKeyMultibase}`;
  const signer = {...key.signer(), id: method};
  const suite = new DataIntegrityProof({signer, cryptosuite, date: '2026-02-01T09:00:00Z'});
  const signed = await vc.issue({credential: structuredClone(document), suite, documentLoader});
  const vector = {publicKeyMultibase: exported.publicKeyMultibase, document: signed};
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(vector, null, 1) + '\n');
}

await make('eddsa-rdfc-2022', eddsa, await Ed25519Multikey.generate());
await make('ecdsa-rdfc-2019-p256', ecdsa, await EcdsaMultikey.generate({curve: 'P-256'}));
await make('ecdsa-rdfc-2019-p384', ecdsa, await EcdsaMultikey.generate({curve: 'P-384'}));
