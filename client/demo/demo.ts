/** The demo page: the element, and what happens underneath. */
import '../element/index.js'
