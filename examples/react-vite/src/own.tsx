import { OwnChat } from './own-chat'
import { root } from './root'
import './own.css'

root.render(<OwnChat />)
