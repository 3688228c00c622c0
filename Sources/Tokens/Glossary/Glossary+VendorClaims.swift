extension Glossary {
    /// What well-known issuers call their own claims. Where two use one name, the entry says both.
    static let vendorClaims = """
        # Microsoft Entra ID | https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference
        oid | Object ID | The user or application, the same for all applications of a tenant.
        tid | Tenant | The directory the subject belongs to.
        scp | Scope | What the client may do for the user; a string at Microsoft, an array at Okta.
        wids | Directory roles | Tenant-wide roles, as identifiers of role templates.
        upn | User principal name | A sign-in name; it can change, so it decides nothing.
        unique_name | User name | A name for display, in version 1 tokens.
        appid | Application | The client, in version 1 tokens; azp in version 2.
        appidacr | Client authentication | 0: public client, 1: secret, 2: certificate; in version 1 tokens.
        azpacr | Client authentication | 0: public client, 1: secret, 2: certificate; in version 2 tokens.
        ver | Version | The version of the token's format.
        uti | Token ID | Names this token, as jti does elsewhere.
        rh | Internal | For Microsoft's own use; to be ignored.
        aio | Internal | For Microsoft's own use; to be ignored.
        idp | Identity provider | Who signed the subject in, when it was not the issuer.
        acrs | Authentication contexts | The step-up contexts the subject has satisfied.
        hasgroups | Has groups | The subject is in groups that did not fit into the token.
        pwd_exp | Password expires | Seconds after iat at which the password expires.
        pwd_url | Change password | Where the password can be changed.
        onprem_sid | On-premises ID | The subject's security identifier on premises.
        in_corp | Corporate network | The client signed in from the corporate network.
        ipaddr | IP address | Where the subject signed in from.
        # Microsoft Entra ID | https://learn.microsoft.com/en-us/entra/identity-platform/optional-claims-reference
        idtyp | Subject kind | "app" when no user is involved.
        acct | Account kind | 0: member of the tenant, 1: guest.
        ctry | Country | The user's country.
        fwd | Forwarded address | The client's address inside a virtual network.
        login_hint | Login hint | An opaque value to sign the same user in again.
        tenant_ctry | Tenant's country | The country of the tenant.
        tenant_region_scope | Tenant's region | The region of the tenant.
        verified_primary_email | Verified email | Email addresses of the user that are verified.
        verified_secondary_email | Verified email | Further email addresses that are verified.
        vnet | Virtual network | The virtual network the client is in.
        xms_cc | Client capabilities | "cp1" when the client can answer a claims challenge.
        xms_edov | Email domain verified | Whether the owner of the email's domain was verified.
        xms_pdl | Data location | Where the user's data should lie.
        xms_pl | Preferred language | The user's preferred language.
        xms_tpl | Tenant's language | The tenant's preferred language.
        ztdid | Deployment ID | The device's identity in zero-touch deployment.
        xms_* | Microsoft extension | A claim of Microsoft's own; not for others to rely on.
        # Azure AD B2C | https://learn.microsoft.com/en-us/azure/active-directory-b2c/tokens-overview
        tfp | User flow | The user flow or policy that issued the token.
        emails | Emails | The user's email addresses.
        # .NET claim types | https://learn.microsoft.com/en-us/dotnet/api/system.security.claims.claimtypes
        http://schemas.xmlsoap.org/ws/2005/05/identity/claims/* | Claim type | A .NET name for a claim such as sub or email.
        http://schemas.microsoft.com/ws/2008/06/identity/claims/* | Claim type | A .NET name for a claim such as role.
        # Keycloak | https://www.keycloak.org/docs/latest/server_admin/#_protocol-mappers
        realm_access | Realm roles | Roles in the whole realm.
        resource_access | Client roles | Roles by client.
        session_state | Session | The session, in older tokens; sid now.
        allowed-origins | Allowed origins | Web origins of the client.
        typ | Type | The kind of token, stated as a claim.
        # Auth0 | https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles
        gty | Grant type | How the token was obtained, such as client-credentials.
        permissions | Permissions | What the subject may do at the API.
        # Auth0 | https://auth0.com/docs/manage-users/organizations/using-tokens
        org_id | Organization | The organization the user signed in to.
        org_name | Organization name | The name of that organization.
        # Amazon Cognito | https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
        token_use | Token use | Whether this is an ID token or an access token: "id" or "access".
        cognito:groups | Groups | Groups of the user pool.
        username | User name | The name in the user pool.
        origin_jti | Origin | Ties together the tokens of one sign-in, to revoke them.
        event_id | Event | The sign-in this token came from.
        device_key | Device | The remembered device.
        # Amazon Cognito | https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html
        cognito:username | User name | The name in the user pool.
        cognito:roles | Roles | AWS roles of the user's groups.
        cognito:preferred_role | Preferred role | The AWS role of the group that goes first.
        identities | Identities | The outside identities linked with the user.
        custom:* | Custom attribute | An attribute that the user pool's owner defined.
        # Google Identity | https://developers.google.com/identity/openid-connect/openid-connect
        hd | Hosted domain | The organization's domain of a Google account.
        # Firebase | https://firebase.google.com/docs/reference/admin/node/firebase-admin.auth.decodedidtoken
        firebase | Firebase | How the user signed in, and the user's identities there.
        # Okta | https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/
        cid | Client | The application the token was given to.
        uid | User ID | The user; missing where none is involved.
        # Kubernetes | https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/
        kubernetes.io | Kubernetes | The namespace, service account and pod or node the token is bound to.
        kubernetes.io/serviceaccount/* | Service account | A claim of the older tokens that never expire.
        # GitHub Actions | https://docs.github.com/en/actions/reference/security/oidc
        actor | Actor | The account that started the workflow run.
        actor_id | Actor ID | The account's number, which stays when the name changes.
        base_ref | Target branch | The branch a pull request wants to change.
        head_ref | Source branch | The branch a pull request comes from.
        check_run_id | Check run | The check run of the job.
        enterprise | Enterprise | The enterprise of the repository.
        enterprise_id | Enterprise ID | The enterprise's number.
        event_name | Event | What triggered the workflow run.
        job_workflow_ref | Reusable workflow | The reusable workflow of the job, with its ref.
        job_workflow_sha | Reusable workflow commit | The commit of the reusable workflow.
        repository | Repository | Where the workflow runs, as owner/name.
        repository_id | Repository ID | The repository's number, which stays when the name changes.
        repository_owner | Owner | Who owns the repository.
        repository_owner_id | Owner ID | The owner's number, which stays when the name changes.
        repository_visibility | Visibility | public, internal or private.
        repo_property_* | Custom property | A property that the organization gave the repository.
        run_id | Run | The workflow run.
        run_number | Run number | How often this workflow has run.
        run_attempt | Attempt | How often this run was retried.
        workflow | Workflow | The name of the workflow.
        workflow_ref | Workflow ref | The workflow file, with its ref.
        workflow_sha | Workflow commit | The commit of the workflow file.
        # GitHub Actions, GitLab CI/CD | https://docs.github.com/en/actions/reference/security/oidc
        environment | Environment | The deployment environment the job names.
        ref | Git ref | The branch or tag the job runs for.
        ref_type | Ref type | branch or tag.
        runner_environment | Runner | Whether the vendor or the owner hosts the machine.
        sha | Commit | The commit the job runs for.
        # GitLab CI/CD | https://docs.gitlab.com/ci/secrets/id_token_authentication/
        namespace_id | Namespace ID | The number of the group or user that owns the project.
        namespace_path | Namespace | The group or user that owns the project.
        project_id | Project ID | The project's number.
        project_path | Project | The project, with its group.
        project_visibility | Visibility | public, internal or private.
        user_id | User ID | Who runs the job, by number; at Firebase, the user.
        user_login | User | Who runs the job, by name.
        user_email | User's email | The email address of whoever runs the job.
        user_access_level | Access level | What whoever runs the job may do in the project.
        user_identities | User's identities | Outside identities of whoever runs the job.
        pipeline_id | Pipeline | The pipeline's number.
        pipeline_source | Pipeline source | What started the pipeline.
        job_id | Job | The job's number.
        ref_path | Ref path | The branch or tag, with refs/ in front.
        ref_protected | Protected ref | Whether the branch or tag is protected.
        groups_direct | Direct groups | Groups that whoever runs the job is a direct member of.
        environment_protected | Protected environment | Whether the environment is protected.
        environment_action | Environment action | What the job does to the environment.
        deployment_tier | Deployment tier | The tier of the environment.
        runner_id | Runner ID | The runner's number.
        ci_config_ref_uri | Pipeline definition | The file that defines the pipeline, with its ref.
        ci_config_sha | Definition commit | The commit of that file.
        """
}
