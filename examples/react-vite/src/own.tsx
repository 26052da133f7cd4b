import { OwnChat } from './own-chat.js'
import { root } from './root.js'
import './own.css'

root.render(<OwnChat />)
