// Validates an OpenVEX document, VEX, by what the specification's version 0.2.0 says of what is used here; nothing else
// may be in it. And it says of the binary of the bill of materials SBOM what that says itself, of libraries that it
// names. usage: vex.cjs VEX SBOM
'use strict'
const { deepStrictEqual } = require('assert')
const { readFileSync } = require('fs')
const Ajv = require('ajv')
const addFormats = require('ajv-formats')

const object = (required, optional = {}) => ({
  type: 'object',
  properties: { ...required, ...optional },
  required: Object.keys(required),
  additionalProperties: false
})
const list = (items) => ({ type: 'array', minItems: 1, uniqueItems: true, items })
const uri = { type: 'string', format: 'uri' }
const text = { type: 'string', minLength: 1 }

const component = { '@id': uri }
const hashes = object({ 'sha-256': { type: 'string', pattern: '^[0-9a-f]{64}$' } })
const statement = object({
  vulnerability: object({ '@id': uri, name: { type: 'string', pattern: '^CVE-[0-9]{4}-[0-9]{4,}$' } }),
  products: list(object({ ...component, subcomponents: list(object(component)) }, { hashes })),
  status: { const: 'not_affected' },
  justification: { // a status of not_affected takes one of these
    enum: ['component_not_present', 'vulnerable_code_not_present', 'vulnerable_code_not_in_execute_path',
      'vulnerable_code_cannot_be_controlled_by_adversary', 'inline_mitigations_already_exist']
  },
  status_notes: text
})
const document = object({
  '@context': { const: 'https://openvex.dev/ns/v0.2.0' },
  '@id': uri,
  author: text,
  timestamp: { type: 'string', format: 'date-time' },
  version: { type: 'integer', minimum: 1 },
  statements: list(statement)
})

const [vex, sbom] = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, 'utf8')))
const ajv = new Ajv({ allErrors: true })
addFormats(ajv)
if (!ajv.validate(document, vex)) {
  console.error(ajv.errorsText())
  process.exit(1)
}
const purls = new Map(sbom.components.map((component) => [component['bom-ref'], component.purl]))
const itself = sbom.metadata.component
deepStrictEqual(
  vex.statements.map(({ vulnerability, products: [first, ...others], status }) => ({
    id: vulnerability.name,
    product: first['@id'],
    digest: first.hashes['sha-256'],
    status,
    libraries: [first, ...others].flatMap(({ subcomponents }) => subcomponents.map((part) => part['@id']))
  })),
  sbom.vulnerabilities.map(({ id, analysis, affects }) => ({
    id,
    product: itself.purl.replace(/[?].*/, ''),
    digest: itself.hashes[0].content,
    status: analysis.state,
    libraries: affects.flatMap(({ ref }) => [purls.get(ref), purls.get(ref)]) // of the binary and of the image
  })))
