/** `npm run -s pictures`: takes the pictures under `docs/img/` anew. */
import { startDev } from '../../sandbox/server/start.js'
import { launchBrowser } from '../e2e/browser.js'
import { forgetForeignVariables } from '../e2e/own-environment.js'
import { pictureNames, takePicture } from './take.js'

forgetForeignVariables()
const dev = await startDev({ env: process.env, port: 0, log: () => {} })
const browser = await launchBrowser()
try {
  const { origin } = new URL(dev.addresses.page)
  for (const name of pictureNames) await takePicture(name, { browser, origin, folder: 'docs/img' })
} finally {
  await browser.close()
  await dev.close()
}
