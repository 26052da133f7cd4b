/** Takes the pictures under `docs/img/` again (`npm run -s pictures`). */
import { launchBrowser } from '../e2e/browser.js'
import { startGateway } from '../e2e/gateway.js'
import { pictureNames, takePicture } from './take.js'

const { origin, close } = await startGateway()
const browser = await launchBrowser()
try {
  for (const name of pictureNames) await takePicture(name, { browser, origin, folder: 'docs/img' })
} finally {
  await browser.close()
  await close()
}
