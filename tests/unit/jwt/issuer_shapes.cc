#include "unit/jwt/issuer_shapes.h"

namespace clone_auth::testing {
namespace {

const std::vector<std::string> kJwt = {R"("typ":"JWT")", R"("typ":"jwt")"};
const std::vector<std::string> kNone = {""};
constexpr char kAccessType[] = R"("typ":"at+jwt")";
constexpr char kUuid[] = R"("sub":"f2c1e3d4-0001-4000-8000-5a5a5a5a5a5a",)";

std::string Join(const std::string& a, const std::string& b) { return a + b; }

std::vector<IssuerShape> CloudShapes() {
  const std::string v1 = R"("iss":"https://sts.windows.net/tenant-1/",)"
                         R"("tid":"tenant-1","oid":"o","sub":"s","ver":"1.0",)";
  const std::string v2 =
      R"("iss":"https://login.microsoftonline.com/tenant-1/v2.0",)"
      R"("tid":"tenant-1","oid":"o","sub":"s","ver":"2.0",)";
  const std::string pool =
      R"("iss":"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab",)"
      R"("sub":"aaaaaaaa-bbbb","origin_jti":"o","event_id":"e","jti":"j",)";
  const std::string pool_url =
      "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab";
  const std::vector<std::string> entra = {
      R"("aio":"AT8AAAA==","uti":"u","rh":"0.A.")", R"("scp":"read write")",
      R"("roles":["Task.Read"])", R"("name":"J\u00fcrgen")",
      R"("preferred_username":"a@b.example")"};
  return {{"entra-v1",
           {"", "tenant-1", "api://app"},
           "RS256",
           kJwt,
           Join(v1, R"("appid":"c","appidacr":"1","idp":"x",)"),
           entra,
           Join(v1, R"("nonce":"n",)"),
           ""},
          {"entra-v2",
           {"", "tenant-1", "api-id"},
           "RS256",
           kJwt,
           Join(v2, R"("azp":"c","azpacr":"1",)"),
           entra,
           Join(v2, R"("nonce":"n",)"),
           ""},
          {"entra-v2-id",
           {"", "tenant-1", "client"},
           "RS256",
           kJwt,
           v2,
           {R"("nonce":"n")", R"("at_hash":"h")", R"("name":"J\u00fcrgen")"},
           v2,
           kAccessType},
          {"cognito",
           {pool_url, "", "client-1"},
           "RS256",
           kNone,
           Join(pool, R"("token_use":"access","client_id":"client-1",)"),
           {R"("cognito:groups":["a","b"])", R"("scope":"openid email")",
            R"("auth_time":1767220000)", R"("version":2)", R"("username":"u")"},
           Join(pool, R"("token_use":"id","client_id":"client-1",)"),
           "",
           false},
          {"cognito-id",
           {pool_url, "", "client-1"},
           "RS256",
           kNone,
           Join(pool, R"("token_use":"id","email_verified":true,)"),
           {R"("cognito:username":"u")", R"("email":"a@b.example")",
            R"("nonce":"n","at_hash":"h")"},
           Join(pool, R"("token_use":"access",)"),
           ""},
          {"google",
           {"", "", "client.apps.googleusercontent.com"},
           "RS256",
           kJwt,
           R"("iss":"https://accounts.google.com","azp":"client","sub":"110",)",
           {R"("email":"a@gmail.com","email_verified":true)",
            R"("at_hash":"h","nonce":"n")", R"("hd":"example.com")"},
           R"("iss":"https://accounts.google.com","sub":"110",)",
           kAccessType},
          {"google",
           {"", "", "client.apps.googleusercontent.com"},
           "RS256",
           kJwt,
           R"("iss":"accounts.google.com","azp":"client","sub":"110",)",
           {R"("picture":"https:\/\/lh3.example\/p")", R"("locale":"de")"},
           R"("iss":"accounts.google.com","sub":"110",)",
           kAccessType},
          {"firebase",
           {"", "project-1", "project-1"},
           "RS256",
           kJwt,
           R"("iss":"https:\/\/securetoken.google.com\/project-1",)"
           R"("auth_time":1767220000,"user_id":"u","sub":"u",)",
           {R"("email":"a@b.example","email_verified":false)",
            R"("firebase":{"identities":{"email":["a@b.example"]},)"
            R"("sign_in_provider":"password"})"},
           R"("iss":"https://securetoken.google.com/project-1","sub":"u",)",
           kAccessType},
          {"apple",
           {"", "", "com.example.app"},
           "RS256",
           kNone,
           R"("iss":"https://appleid.apple.com","sub":"001.ab.1",)",
           {R"("c_hash":"c","nonce_supported":true)", R"("nonce":"n")",
            R"("email":"a@privaterelay.appleid.com","email_verified":"true")"},
           R"("iss":"https://appleid.apple.com","sub":"001",)",
           kAccessType}};
}

std::vector<IssuerShape> IdentityShapes() {
  const std::string realm = "https://sso.example.com/realms/acme";
  const std::string keycloak = Join(R"("iss":")" + realm + R"(",)", kUuid);
  const std::vector<std::string> keycloak_more = {
      R"("realm_access":{"roles":["offline_access","user"]})",
      R"("resource_access":{"account":{"roles":["view-profile"]}})",
      R"("scope":"openid email","sid":"s","acr":"1")", R"("nonce":"n")",
      R"("preferred_username":"j\u00fcrgen","allowed-origins":["*"])"};
  const std::string auth0 = R"("iss":"https://acme.eu.auth0.com/",)"
                            R"("sub":"auth0|5f7c8ec7c33c6c004bbafe82",)";
  const std::string okta = R"("iss":"https://acme.okta.com/oauth2/default",)"
                           R"("sub":"a@b.example","ver":1,"jti":"AT.1",)";
  const std::string ping = R"("iss":"https://auth.pingone.eu/env/as",)"
                           R"("sub":"u","env":"env","org":"o",)";
  const std::string zitadel =
      R"("iss":"https://acme.zitadel.cloud","sub":"163840776835432705",)";
  const std::string hydra = R"("iss":"https://hydra.example/","sub":"u",)";
  const std::vector<std::string> either = {
      R"("typ":"JWT")", R"("typ":"at+jwt")", R"("typ":"application/at+jwt")"};
  return {{"keycloak",
           {realm, "", "api"},
           "RS256",
           kJwt,
           Join(keycloak, R"("typ":"Bearer","azp":"web","jti":"j",)"),
           keycloak_more,
           Join(keycloak, R"("typ":"Refresh",)"),
           ""},
          {"keycloak",
           {realm, "", "api"},
           "EdDSA",
           kJwt,
           Join(keycloak, R"("typ":"Bearer","azp":"web",)"),
           keycloak_more,
           Join(keycloak, R"("typ":"ID","nonce":"n",)"),
           ""},
          {"keycloak-id",
           {realm, "", "web"},
           "ES256",
           kJwt,
           Join(keycloak, R"("typ":"ID","azp":"web","at_hash":"h",)"),
           keycloak_more,
           Join(keycloak, R"("typ":"Bearer",)"),
           ""},
          {"auth0",
           {"", "acme.eu.auth0.com", "https://api.acme"},
           "RS256",
           either,
           auth0,
           {R"("azp":"c","scope":"openid read:x")",
            R"("gty":"client-credentials")", R"("permissions":["read:x"])",
            R"("org_id":"org_1")", R"("https://acme.example/roles":["admin"])"},
           Join(auth0, R"("nonce":"n","sid":"s",)"),
           R"("typ":"JWT")"},
          {"auth0-id",
           {"", "acme.eu.auth0.com", "client"},
           "RS256",
           kJwt,
           auth0,
           {R"("nonce":"n","sid":"s")", R"("nickname":"j","name":"J")",
            R"("updated_at":"2026-01-01T00:00:00.000Z")"},
           auth0,
           kAccessType},
          {"okta",
           {"https://acme.okta.com/oauth2/default", "", "api://default"},
           "RS256",
           kNone,
           Join(okta, R"("cid":"c","uid":"u",)"),
           {R"("scp":["openid","profile"])", R"("auth_time":1767220000)",
            R"("groups":["Everyone"])"},
           Join(okta, R"("idp":"i","nonce":"n","amr":["pwd"],)"),
           ""},
          {"ping-one",
           {"https://auth.pingone.eu/env/as", "", "api"},
           "RS256",
           {"", R"("typ":"at+jwt")"},
           Join(ping, R"("client_id":"c",)"),
           {R"("scope":"openid p1:read")", R"("p1.rid":"r","sid":"s")",
            R"("acr":"Single","auth_time":1767220000)"},
           Join(ping, R"("client_id":"c","nonce":"n","at_hash":"h",)"),
           ""},
          {"zitadel",
           {"https://acme.zitadel.cloud", "", "1638"},
           "RS256",
           either,
           zitadel,
           {R"("jti":"j","client_id":"c")",
            R"("urn:zitadel:iam:org:project:roles":{"admin":{"1":"x"}})"},
           Join(zitadel, R"("at_hash":"h","amr":["password"],)"),
           R"("typ":"JWT")"},
          {"ory-hydra",
           {"https://hydra.example/", "", "api"},
           "ES256",
           either,
           Join(hydra, R"("client_id":"c","jti":"j",)"),
           {R"("ext":{"a":{"b":[1,2.5,true,null]}})", R"("scp":["offline"])",
            R"("nbf":1767225590)"},
           Join(hydra, R"("at_hash":"h","auth_time":1767220000,)"),
           R"("typ":"JWT")"},
          {"clerk",
           {"https://clerk.acme.example", "", "https://acme.example"},
           "RS256",
           kJwt,
           R"("iss":"https://clerk.acme.example","azp":"https://acme.example",)"
           R"("sid":"sess_1","sub":"user_1",)",
           {R"("fva":[5,-1],"v":2,"sts":"active")",
            R"("o":{"id":"org_1","rol":"admin"})", R"("nbf":1767225580)"},
           R"("iss":"https://clerk.acme.example","azp":"https://acme.example",)"
           R"("sid":"sess_1","sub":"user_1","at_hash":"h",)",
           "",
           false}};
}

std::vector<IssuerShape> MachineShapes() {
  const std::string github =
      R"("iss":"https://token.actions.githubusercontent.com",)"
      R"("sub":"repo:acme/app:ref:refs/heads/main","repository":"acme/app",)"
      R"("repository_owner":"acme","run_id":"1","ref":"refs/heads/main",)";
  const std::string gitlab =
      R"("iss":"https://gitlab.com","namespace_path":"acme",)"
      R"("project_path":"acme/app","project_id":"22","ref":"main",)"
      R"("sub":"project_path:acme/app:ref_type:branch:ref:main",)";
  const std::string cluster = R"("iss":"https://kubernetes.default.svc",)"
                              R"("sub":"system:serviceaccount:ns:app",)";
  const std::string simple =
      R"("iss":"https://django.example","user_id":7,"jti":"0a1b2c",)";
  const std::string project =
      R"("iss":"https://ref.supabase.co/auth/v1","sub":"u",)";
  const std::vector<std::string> supabase_more = {
      R"("email":"a@b.example","phone":"","is_anonymous":false)",
      R"("app_metadata":{"provider":"email","providers":["email"]})",
      R"("user_metadata":{},"amr":[{"method":"otp","timestamp":1767220000}])"};
  return {{"github-actions",
           {"", "acme", "sts.example"},
           "RS256",
           kJwt,
           github,
           {R"("environment":"prod","actor":"octocat")", R"("jti":"j")",
            R"("job_workflow_ref":"acme/app/.github/workflows/a.yml@refs/x")",
            R"("nbf":1767225000)"},
           github,
           kAccessType},
          {"gitlab-ci",
           {"https://gitlab.com", "acme", "https://vault.example"},
           "RS256",
           kJwt,
           gitlab,
           {R"("user_login":"j","user_email":"a@b.example")", R"("jti":"j")",
            R"("ref_protected":"true","nbf":1767225590)",
            R"("groups_direct":["acme/one","acme/two"])"},
           gitlab,
           kAccessType},
          {"kubernetes",
           {"https://kubernetes.default.svc", "", "vault"},
           "RS256",
           kNone,
           Join(cluster, R"("kubernetes.io":{"namespace":"ns",)"
                         R"("serviceaccount":{"name":"app","uid":"u"}},)"),
           {R"("nbf":1767225590,"jti":"j")", R"("extra":{"node":"n"})"},
           Join(cluster, R"("at_hash":"h","kubernetes.io":{},)"),
           ""},
          {"simplejwt",
           {"https://django.example", "", "api"},
           "HS256",
           kJwt,
           Join(simple, R"("token_type":"access",)"),
           {R"("name":"J\u00fcrgen")"},
           Join(simple, R"("token_type":"refresh",)"),
           ""},
          {"simplejwt-default",
           {},
           "HS256",
           kJwt,
           R"("token_type":"access","user_id":"7","jti":"0a1b2c",)",
           {R"("name":"J\u00fcrgen")"},
           R"("token_type":"refresh","user_id":"7","jti":"0a1b2c",)",
           "",
           false},
          {"supabase",
           {"", "ref", "authenticated"},
           "HS256",
           kJwt,
           Join(project, R"("role":"authenticated","session_id":"s",)"),
           supabase_more,
           Join(project, R"("role":"anon","nonce":"n",)"),
           ""},
          {"supabase",
           {"", "ref", "authenticated"},
           "ES256",
           kJwt,
           Join(project,
                R"("role":"authenticated","session_id":"s","aal":"aal1",)"),
           supabase_more,
           Join(project, R"("role":"authenticated",)"),
           ""}};
}

}  // namespace

std::vector<IssuerShape> IssuerShapes() {
  std::vector<IssuerShape> shapes = CloudShapes();
  for (const auto& part : {IdentityShapes(), MachineShapes()}) {
    shapes.insert(shapes.end(), part.begin(), part.end());
  }
  return shapes;
}

}  // namespace clone_auth::testing
