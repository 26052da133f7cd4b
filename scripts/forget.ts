/**
 * `npm run forget -- <visitor>… [--dry-run]`: deletes what is kept of visitors, by the ids that `user.id`
 * of `POST /api/auth` gave them, in the environment of the gateway (docs/security.md).
 */
import { existsSync } from 'node:fs'
import { forgetVisitors } from './forget-visitors.js'

if (existsSync('.env')) process.loadEnvFile('.env')
process.exitCode = await forgetVisitors(process.argv.slice(2), (line) => console.log(line))
