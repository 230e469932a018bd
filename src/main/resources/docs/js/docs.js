// Shows the service's own description of its API.
const ui = SwaggerUIBundle({
  url: new URL('openapi.json', document.baseURI).href,
  dom_id: '#api',
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: true,
  // Nothing leaves this service: no validator of others.
  validatorUrl: null,
  // The key that the chat page or the dashboard was given in this tab holds here, too.
  onComplete() {
    const key = sessionStorage.getItem('fiddler.key');
    if (key) ui.preauthorizeApiKey('key', key);
  },
});
