// Runs in the judges' own folder and knows nothing of ours. One JSON question a line from standard input, one JSON answer a line:
// {"document": JSON text or VC-JWT} → what Digital Bazaar's verifier (or, for a token, jose) and ajv with the published schemas say;
// {"document", "foreign"} → of a badge of others: by the tolerant one of the schemas only, its token by any algorithm of the standard.
// Arguments: the loopback server's port, the site it stands for, the folder of the schemas, a file with the contexts by address.
import {readFileSync} from 'node:fs';
import {createInterface} from 'node:readline';
import {join} from 'node:path';
import Ajv2019 from 'ajv/dist/2019.js';
import addFormats from 'ajv-formats';
import * as jose from 'jose';
import * as vc from '@digitalbazaar/vc';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite as ecdsa} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import {cryptosuite as eddsa} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';

const [port, site, schemas, contextsFile] = process.argv.slice(2);
const contexts = JSON.parse(readFileSync(contextsFile, 'utf8'));
const DID_CONTEXT = 'https://www.w3.org/ns/did/v1';
const MULTIKEY = 'https://w3id.org/security/multikey/v1';
const ajv = new Ajv2019({strict: false, allErrors: true});
addFormats(ajv);
const validators = Object.fromEntries(['tolerant', 'strict'].map(
  name => [name, ajv.compile(JSON.parse(readFileSync(join(schemas, `${name}.json`), 'utf8')))]));

async function fetched(url, hops = 3) {
  if(!url.startsWith(site + '/')) {
    throw new Error(`Only the site itself can be reached, not ${url}`);
  }
  // Through the loopback port, as the site's proxy asks. fetch() does not let Host be set.
  const {request} = await import('node:http');
  return new Promise((resolve, reject) => {
    const headers = {
      Host: site.split('//')[1], 'X-Forwarded-Proto': 'https', Accept: 'application/vc+ld+json, application/ld+json'
    };
    const asked = request({host: '127.0.0.1', port, path: url.slice(site.length), headers}, answer => {
      const pieces = [];
      answer.on('data', piece => pieces.push(piece));
      answer.on('end', () => {
        const {statusCode, headers: {location}} = answer;
        if([301, 302, 307, 308].includes(statusCode) && hops) {
          resolve(fetched(new URL(location, url).href, hops - 1));
        } else if(statusCode === 200) {
          resolve(JSON.parse(Buffer.concat(pieces)));
        } else {
          reject(new Error(`${url} answered ${statusCode}`));
        }
      });
    });
    asked.on('error', reject).end();
  });
}

function didAddress(did) {
  const [host, ...path] = did.slice('did:web:'.length).split(':').map(decodeURIComponent);
  return `https://${host}/${path.length ? path.join('/') : '.well-known'}/did.json`;
}

// A did:key is its own document: with one method, the key itself.
function keyItself(did) {
  const publicKeyMultibase = did.slice('did:key:'.length);
  return {id: `${did}#${publicKeyMultibase}`, type: 'Multikey', controller: did, publicKeyMultibase};
}

async function documentLoader(url) {
  if(url in contexts) {
    return {contextUrl: null, documentUrl: url, document: contexts[url]};
  }
  const [base, fragment] = url.split('#');
  if(base.startsWith('did:key:')) {
    const method = keyItself(base);
    const document = fragment ? {'@context': [MULTIKEY], ...method} : {
      '@context': [DID_CONTEXT, MULTIKEY], id: base, verificationMethod: [method], assertionMethod: [method.id]
    };
    return {contextUrl: null, documentUrl: url, document};
  }
  const whole = await fetched(base.startsWith('did:web:') ? didAddress(base) : base);
  if(!fragment) {
    return {contextUrl: null, documentUrl: url, document: whole};
  }
  const method = [whole, ...(whole.verificationMethod ?? []), ...(whole.assertionMethod ?? [])].find(one => one.id === url);
  if(!method) {
    throw new Error(`${base} has no ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document: {'@context': [MULTIKEY], ...method}};
}

const suites = () => [eddsa, ecdsa].map(cryptosuite => new DataIntegrityProof({cryptosuite}));

function words(error) {
  const inner = error?.errors?.length ? error.errors.map(words).join('; ') : '';
  const more = error?.cause ? ` (${words(error.cause)})` : '';
  return `${error?.message ?? error}${inner ? ': ' + inner : ''}${more}`;
}

async function statusErrors(credential) {
  if(!credential.credentialStatus) {
    return [];
  }
  const {verified, error, results} = await checkStatus({credential, suite: suites(), documentLoader});
  if(!verified) {
    return [`status: ${words(error)}`];
  }
  return results.filter(one => one.status).map(one => `status: ${one.credentialStatus.statusPurpose} is set`);
}

function schemaErrors(credential, foreign) {
  const asked = Object.entries(validators).filter(([name]) => !foreign || name === 'tolerant');
  return asked.filter(([, valid]) => !valid(credential)).map(
    ([name, valid]) => `schema ${name}: ${valid.errors[0].instancePath} ${valid.errors[0].message}`);
}

async function judgeProof(credential) {
  const {verified, error} = await vc.verifyCredential({
    credential, suite: suites(), documentLoader, checkStatus: async () => ({verified: true})
  });
  return verified ? [] : [`proof: ${words(error)}`];
}

async function judgeToken(token, foreign) {
  const {kid, alg} = jose.decodeProtectedHeader(token);
  const said = jose.decodeJwt(token);
  const {document: method} = await documentLoader(kid);
  if(method.controller !== said.issuer.id) {
    return ['token: the key is not the issuer\'s'];
  }
  const key = await jose.importJWK(method.publicKeyJwk, alg);
  const claims = {issuer: said.issuer.id, subject: said.credentialSubject.id, requiredClaims: ['jti', 'nbf', 'sub', 'iss']};
  try {
    await jose.jwtVerify(token, key, {algorithms: foreign ? ['RS256', 'ES256', 'EdDSA'] : ['RS256'], ...claims});
  } catch(error) {
    return [`token: ${words(error)}`];
  }
  return said.jti === said.id ? [] : ['token: jti is not the id'];
}

async function judge({document, foreign}) {
  const isToken = !document.trimStart().startsWith('{');
  const credential = isToken ? jose.decodeJwt(document) : JSON.parse(document);
  const errors = [...schemaErrors(credential, foreign)];
  errors.push(...await (isToken ? judgeToken(document, foreign) : judgeProof(credential)));
  errors.push(...await statusErrors(credential));
  return {valid: errors.length === 0, errors};
}

for await(const line of createInterface({input: process.stdin})) {
  let answer;
  try {
    answer = await judge(JSON.parse(line));
  } catch(error) {
    answer = {valid: false, errors: [`could not judge: ${words(error)}`]};
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
