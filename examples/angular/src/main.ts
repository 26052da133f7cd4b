import { Component, CUSTOM_ELEMENTS_SCHEMA } from '@angular/core'
import { bootstrapApplication } from '@angular/platform-browser'
import 'miaw-gateway/element'

@Component({
  selector: 'app-root',
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  template: '<miaw-chat base-url="http://127.0.0.1:3000" language="de"></miaw-chat>',
})
class App {}

void bootstrapApplication(App)
