// What the peer shows a person: where to sign in (any name, one password), to
// consent, and to type a device's code. Plain forms, as a browser without
// scripts sends them.
export const PASSWORD = 'correct horse';

const page = (title, body) => (
  `<!doctype html><meta charset=utf-8><title>${title}</title>${body}`);

function show(response, status, html) {
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store',
  });
  response.end(html);
}

const signInPage = page('Sign in', `<form method=post>
  <input name=username autocomplete=username>
  <input name=password type=password autocomplete=current-password>
  <button>Sign in</button></form>`);

const consentPage = (client) => page('Consent', `<form method=post>
  <p>${client} wants to act for you.</p>
  <button name=answer value=allow>Allow</button>
  <button name=answer value=deny>Deny</button></form>`);

async function formOf(request) {
  let text = '';
  for await (const piece of request) text += piece;
  return Object.fromEntries(new URLSearchParams(text));
}

async function consent(provider, details) {
  const { params, prompt, session } = details;
  const grant = (details.grantId && await provider.Grant.find(details.grantId))
    || new provider.Grant(
      { accountId: session.accountId, clientId: params.client_id });
  const missing = prompt.details;
  grant.addOIDCScope((missing.missingOIDCScope ?? []).join(' '));
  grant.addOIDCClaims(missing.missingOIDCClaims ?? []);
  for (const [resource, scopes] of
    Object.entries(missing.missingResourceScopes ?? {})) {
    grant.addResourceScope(resource, scopes.join(' '));
  }
  return { consent: { grantId: await grant.save() } };
}

/// Asks who is there, then whether they agree.
export async function interact(provider, request, response) {
  const details = await provider.interactionDetails(request, response);
  const asksWho = details.prompt.name === 'login';
  if (request.method !== 'POST') {
    return show(response, 200,
      asksWho ? signInPage : consentPage(details.params.client_id));
  }
  const form = await formOf(request);
  const finish = (result) => provider.interactionFinished(
    request, response, result, { mergeWithLastSubmission: !result.error });
  if (asksWho) {
    if (!form.username || form.password !== PASSWORD) {
      return show(response, 401, signInPage);
    }
    return finish({ login: { accountId: form.username } });
  }
  if (form.answer !== 'allow') return finish({ error: 'access_denied' });
  return finish(await consent(provider, details));
}

/// Where a person types the code of their device, and sees that it is theirs.
export const devicePages = {
  async userCodeInputSource(ctx, form, _, error) {
    if (error) ctx.status = 400;
    ctx.type = 'html';
    ctx.body = page(error ? error.name : 'Type the code',
      `${form}<button form=op.deviceInputForm>Continue</button>`);
  },
  async userCodeConfirmSource(ctx, form, client, device, code) {
    ctx.type = 'html';
    ctx.body = page('Is it this code?', `<p>${code}</p>${form}
      <button form=op.deviceConfirmForm>Continue</button>
      <button form=op.deviceConfirmForm name=abort value=yes>Abort</button>`);
  },
  async successSource(ctx) {
    ctx.type = 'html';
    ctx.body = page('Signed in', '<p>Go back to your device.</p>');
  },
};
