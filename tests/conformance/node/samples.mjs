// Runs in the judges' own folder and knows nothing of ours: samples of Open Badges 3.0 for verifiers to agree on, signed by Digital
// Bazaar's libraries and by jose. One JSON line each: {"url", "page"} for a document at an address, {"name", "document"} for a
// badge that somebody might bring. Arguments: the site that the documents stand at, a file with the contexts by address.
import {createHash, randomUUID} from 'node:crypto';
import {readFileSync} from 'node:fs';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as jose from 'jose';
import jsigs from 'jsonld-signatures';
import {createCredential, createList} from '@digitalbazaar/vc-bitstring-status-list';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite as ecdsa} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import {cryptosuite as eddsa} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';

const [site, contextsFile] = process.argv.slice(2);
const contexts = JSON.parse(readFileSync(contextsFile, 'utf8'));
const VC = 'https://www.w3.org/ns/credentials/v2', OB = 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json';
const EXTENSIONS = 'https://purl.imsglobal.org/spec/ob/v3p0/extensions.json';
const SCHEMA = 'https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json';
const DID = `did:web:${site.split('//')[1]}`, PROFILE = `${site}/profile`;
const PAST = {validFrom: '2023-01-01T00:00:00Z', validUntil: '2023-06-01T00:00:00Z'};
const say = line => process.stdout.write(JSON.stringify(line) + '\n');
const bring = (name, document) =>
  say({name, document: typeof document === 'string' ? document : JSON.stringify(document)});

function documentLoader(url) {
  if(!(url in contexts)) {
    throw new Error(`Not to be had here: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document: contexts[url]};
}

// Keys: three that are their own issuers, and those that the issuer's documents list.
async function keyed(Multikey, options = {}) {
  const key = await Multikey.generate(options);
  key.controller = `did:key:${key.publicKeyMultibase}`;
  key.id = `${key.controller}#${key.publicKeyMultibase}`;
  return key;
}
async function named(controller, id) {
  const key = await Ed25519Multikey.generate({controller});
  key.id = id;
  return key;
}
const alone = await keyed(Ed25519Multikey);
const p256 = await keyed(EcdsaMultikey, {curve: 'P-256'}), p384 = await keyed(EcdsaMultikey, {curve: 'P-384'});
const own = await named(DID, `${DID}#ed`), unlisted = await named(DID, `${DID}#login`);
const unknown = await named(DID, `${DID}#nobody`), profiles = await named(PROFILE, `${PROFILE}#ed`);
const pair = async alg => await jose.generateKeyPair(alg, {extractable: true});
const [rsa, es, ed, other] = [await pair('RS256'), await pair('ES256'), await pair('EdDSA'), await pair('RS256')];

const method = async key => await key.export({publicKey: true, includeContext: false});
const jwkMethod = async (name, {publicKey}) =>
  ({id: `${DID}#${name}`, type: 'JsonWebKey', controller: DID, publicKeyJwk: await jose.exportJWK(publicKey)});
say({url: `${site}/.well-known/did.json`, page: {
  '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'], id: DID,
  verificationMethod: [
    await method(own), await method(unlisted), await jwkMethod('rsa', rsa), await jwkMethod('es', es), await jwkMethod('eddsa', ed)
  ],
  assertionMethod: [own.id, `${DID}#rsa`, `${DID}#es`, `${DID}#eddsa`], authentication: [unlisted.id]
}});
say({url: PROFILE, page: {
  '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1', VC, OB], id: PROFILE, type: ['Profile'],
  name: 'Riverside College', assertionMethod: [await method(profiles)]
}});
say({url: `${site}/keys`, page: {
  id: `${site}/keys#rsa`, type: 'JsonWebKey', controller: PROFILE, publicKeyJwk: await jose.exportJWK(rsa.publicKey)
}});

const GRADE = `${site}/achievements/1#grade`;
const achievement = {
  id: `${site}/achievements/1`, type: ['Achievement'], achievementType: 'Badge', name: 'First aid', inLanguage: 'en',
  description: 'Helps in the first minutes.', criteria: {narrative: 'Shown **in practice**.'}, tag: ['health'],
  image: {id: `${site}/picture.png`, type: 'Image', caption: 'A cross'},
  alignment: [{type: ['Alignment'], targetName: 'Health', targetUrl: 'https://skills.example.org/h', targetType: 'CFItem'}],
  resultDescription: [{id: GRADE, type: ['ResultDescription'], name: 'Grade', resultType: 'LetterGrade', allowedValue: ['C', 'B', 'A']}]
};
const identity = {
  type: 'IdentityObject', hashed: true, salt: 'salt', identityType: 'emailAddress',
  identityHash: `sha256$${createHash('sha256').update('ines@example.orgsalt').digest('hex')}`
};
const issuer = id => ({id, type: ['Profile'], name: 'Riverside College', url: site, email: 'badges@example.org'});
function credential(id, more = {}) {
  return {
    '@context': [VC, OB], id: `urn:uuid:${randomUUID()}`, type: ['VerifiableCredential', 'OpenBadgeCredential'], issuer: issuer(id),
    validFrom: '2024-03-03T10:00:00Z', name: 'First aid',
    credentialSubject: {
      id: 'did:example:ines', type: ['AchievementSubject'], identifier: [identity], achievement: structuredClone(achievement),
      result: [{type: ['Result'], resultDescription: GRADE, value: 'A'}]
    },
    evidence: [{type: ['Evidence'], id: 'https://work.example.org/1', name: 'Film'}], ...more
  };
}
// The same with something done to it.
const but = (document, change) => {
  const changed = structuredClone(document);
  change(changed);
  return changed;
};

// Signed as it is, sense or nonsense: the verifiers are to notice, not the signer.
async function sign(document, key = alone, cryptosuite = eddsa) {
  const suite = new DataIntegrityProof({signer: key.signer(), cryptosuite, date: '2024-03-03T10:00:00Z'});
  const purpose = new jsigs.purposes.AssertionProofPurpose();
  const signed = await jsigs.sign(structuredClone(document), {suite, purpose, documentLoader});
  return {...signed, proof: [signed.proof].flat()};
}

async function proofs() {
  const good = await sign(credential(alone.controller)), another = await sign(credential(alone.controller));
  bring('proof, did:key', good);
  bring('proof, did:web', await sign(credential(DID), own));
  bring('proof, https issuer', await sign(credential(PROFILE), profiles));
  bring('proof, P-256', await sign(credential(p256.controller), p256, ecdsa));
  bring('proof, P-384', await sign(credential(p384.controller), p384, ecdsa));
  bring('proof, not in a list', {...good, proof: good.proof[0]});
  bring('proof, types as texts', await sign(but(credential(alone.controller), one => {
    one.credentialSubject.type = 'AchievementSubject';
    one.credentialSubject.achievement.type = 'Achievement';
  })));
  bring('proof, none', but(good, one => delete one.proof));
  bring('proof, of another', {...good, proof: another.proof});
  bring('proof, name changed', but(good, one => { one.credentialSubject.achievement.name = 'Surgery'; }));
  bring('proof, recipient changed', but(good, one => { one.credentialSubject.identifier[0].salt = 'pepper'; }));
  bring('proof, a word added', {...good, mood: 'good'});
  bring('proof, by a stranger', await sign(credential(DID), alone));
  bring('proof, key for signing in', await sign(credential(DID), unlisted));
  bring('proof, key that is not there', await sign(credential(DID), unknown));
}

async function contents() {
  const signed = async change => await sign(but(credential(alone.controller), change));
  bring('content, expired', await signed(one => Object.assign(one, PAST)));
  bring('content, from the future', await signed(one => { one.validFrom = '2999-01-01T00:00:00Z'; }));
  bring('content, a date without a zone', await signed(one => { one.validFrom = '2024-03-03T10:00:00'; }));
  bring('content, no criteria', await signed(one => delete one.credentialSubject.achievement.criteria));
  bring('content, for nobody', await signed(one => {
    delete one.credentialSubject.id;
    delete one.credentialSubject.identifier;
  }));
  bring('content, a result of something else', await signed(one => {
    one.credentialSubject.result[0].resultDescription = `${site}/elsewhere`;
  }));
  const schema = {credentialSchema: [{id: SCHEMA, type: '1EdTechJsonSchemaValidator2019'}]};
  bring('content, a schema', await signed(one => Object.assign(one, schema, {'@context': [VC, OB, EXTENSIONS]})));
  bring('content, a schema of an undefined type', {...await signed(() => {}), ...schema});
  const endorsement = await sign({
    '@context': [VC, OB], id: `urn:uuid:${randomUUID()}`, type: ['VerifiableCredential', 'EndorsementCredential'], name: 'Endorsement',
    issuer: issuer(alone.controller), validFrom: '2024-03-03T10:00:00Z',
    credentialSubject: {id: achievement.id, type: ['EndorsementSubject'], endorsementComment: 'We take it into account.'}
  });
  bring('content, endorsed', await signed(one => { one.endorsement = [endorsement]; }));
  bring('content, an endorsement alone', endorsement);
}

async function lists() {
  async function publish(name, {set = [], length = 131072, purpose = 'revocation', key = alone}) {
    const list = await createList({length});
    set.forEach(index => list.setStatus(index, true));
    const made = await createCredential({id: `${site}/status/${name}`, list, statusPurpose: purpose});
    const page = await sign({...made, issuer: alone.controller, validFrom: '2024-03-03T10:00:00Z'}, key);
    say({url: page.id, page});
    return page;
  }
  const page = await publish('1', {set: [9]});
  await publish('short', {length: 1024});
  await publish('suspension', {purpose: 'suspension'});
  await publish('stranger', {key: own});
  const empty = await createList({length: 131072});
  const {credentialSubject} = page;
  say({url: `${site}/status/forged`, page: {
    ...page, id: `${site}/status/forged`, credentialSubject: {...credentialSubject, encodedList: await empty.encode()}
  }});
  const entry = (list, index) => ({credentialStatus: {
    id: `${site}/status/${list}#${index}`, type: 'BitstringStatusListEntry', statusPurpose: 'revocation', statusListIndex: `${index}`,
    statusListCredential: `${site}/status/${list}`
  }});
  for(const [name, list, index] of [
    ['not set', '1', 8], ['revoked', '1', 9], ['list too short', 'short', 9], ['list for something else', 'suspension', 9],
    ['list by a stranger', 'stranger', 9], ['list changed', 'forged', 9], ['no list', 'nothing', 9], ['beyond the list', '1', 131072]
  ]) {
    bring(`status, ${name}`, await sign(credential(alone.controller, entry(list, index))));
  }
}

async function tokens() {
  const seconds = date => Math.floor(Date.parse(date) / 1000);
  async function token(id, header, {privateKey}, {claims = {}, more = {}} = {}) {
    const said = credential(id, more);
    const payload = {
      ...said, iss: id, jti: said.id, sub: said.credentialSubject.id, nbf: seconds(said.validFrom), ...claims
    };
    const text = new TextEncoder().encode(JSON.stringify(payload));
    return await new jose.CompactSign(text).setProtectedHeader(header).sign(privateKey);
  }
  const RS = {alg: 'RS256', typ: 'JWT', kid: `${DID}#rsa`};
  const good = await token(DID, RS, rsa);
  bring('token, RS256', good);
  bring('token, ES256', await token(DID, {alg: 'ES256', kid: `${DID}#es`}, es));
  bring('token, EdDSA', await token(DID, {alg: 'EdDSA', kid: `${DID}#eddsa`}, ed));
  bring('token, another key', await token(DID, RS, other));
  const [header, , signature] = good.split('.');
  const changed = jose.base64url.encode(JSON.stringify({...jose.decodeJwt(good), name: 'Surgery'}));
  bring('token, changed', `${header}.${changed}.${signature}`);
  bring('token, no key named', await token(DID, {alg: 'RS256'}, rsa));
  bring('token, its own key', await token(DID, {alg: 'RS256', jwk: await jose.exportJWK(other.publicKey)}, other));
  bring('token, key beside the profile', await token(PROFILE, {alg: 'RS256', kid: `${site}/keys#rsa`}, rsa));
  const bare = jose.base64url.encode(JSON.stringify({alg: 'none', kid: `${DID}#rsa`}));
  bring('token, unsigned', `${bare}.${changed}.`);
  const secret = {privateKey: new TextEncoder().encode(await jose.exportSPKI(rsa.publicKey))};
  bring('token, the public key as a secret', await token(DID, {...RS, alg: 'HS256'}, secret));
  for(const [name, claims] of [
    ['no jti', {jti: undefined}], ['no sub', {sub: undefined}], ['another sub', {sub: 'did:example:mallory'}],
    ['another iss', {iss: PROFILE}], ['another jti', {jti: 'urn:x:y'}], ['another nbf', {nbf: 1}]
  ]) {
    bring(`token, ${name}`, await token(DID, RS, rsa, {claims}));
  }
  bring('token, expired', await token(DID, RS, rsa, {more: PAST, claims: {exp: seconds(PAST.validUntil)}}));
}

await proofs();
await contents();
await lists();
await tokens();
