import { ChatWidget } from 'miaw-gateway/react'
import 'miaw-gateway/react.css'
import { root } from './root'

root.render(<ChatWidget chat={{ baseUrl: '' }} />)
