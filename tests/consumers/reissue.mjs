// Reads workflow commands, as GitHub's runner does, from standard input and issues each again through GitHub's own toolkit: the
// same bytes have to come out. Usage: node reissue.mjs MODULES < REPORT
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import assert from 'node:assert'

const core = await import(pathToFileURL(`${process.argv[2]}/@actions/core/lib/core.js`))
const unescape = text => decodeURIComponent(text.replace(/%(?!25|0D|0A|3A|2C)/g, '%25'))
const names = { line: 'startLine', endLine: 'endLine', col: 'startColumn', endColumn: 'endColumn' }
const lines = readFileSync(0, 'utf8').split('\n').slice(0, -1)
for (const line of lines) {
  const [, name, head, message] = /^::(error|warning|notice) (.*?)::(.*)$/.exec(line) ?? assert.fail(line)
  const properties = {}
  for (const pair of head.split(',')) {
    const at = pair.indexOf('=')
    properties[names[pair.slice(0, at)] ?? pair.slice(0, at)] = unescape(pair.slice(at + 1))
  }
  assert(properties.startLine === properties.endLine || !('startColumn' in properties), line)
  let issued = ''
  const write = process.stdout.write
  process.stdout.write = text => (issued += text)
  core[name](unescape(message), properties)
  process.stdout.write = write
  assert.strictEqual(issued, line + '\n')
}
console.log(`${lines.length} commands are those of the toolkit`)
