import { ChatWidget } from 'miaw-gateway/react'
import 'miaw-gateway/react.css'
import { root } from './root.js'

root.render(<ChatWidget chat={{ baseUrl: '' }} />)
