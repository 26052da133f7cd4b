/**
 * Deletes what is kept of visitors (`npm run forget -- <visitor>… [--dry-run]`), by their `user.id`
 * from `POST /api/auth`, in the environment of the gateway (docs/security.md).
 */
import { existsSync } from 'node:fs'
import { forgetVisitors } from './forget-visitors.js'

if (existsSync('.env')) process.loadEnvFile('.env')
process.exitCode = await forgetVisitors(process.argv.slice(2), (line) => console.log(line))
