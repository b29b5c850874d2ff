// Validates a CycloneDX 1.6 JSON file, given by its path, against the published schema, strictly: unknown keys fail.
'use strict'
const { readFileSync } = require('fs')
const { Spec, Validation } = require('@cyclonedx/cyclonedx-library')

const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6)
validator.validate(readFileSync(process.argv[2], 'utf8')).then((problem) => {
  if (problem !== null) {
    console.error(problem)
    process.exitCode = 1
  }
})
