package dev.llamastream.store.internal.hub;

import dev.llamastream.store.ModelName.HuggingFace;
import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import dev.llamastream.store.internal.http.WebAnswer;
import java.net.URI;

/**
 * What an error of Hugging Face means, and what to do. Its servers say which error it is in {@code
 * X-Error-Code}. Without a token, 401 is also the answer for a repository that does not exist.
 */
record HubFailure(HuggingFace name, boolean withToken, URI endpoint) {

  ModelStoreException of(WebAnswer answer) {
    String repository = name.owner() + "/" + name.repository();
    String page = endpoint + "/" + repository;
    String code = answer.header("X-Error-Code");
    int status = answer.status();
    if (code.equals("GatedRepo") || status == 403) {
      return new ModelStoreException(
          Reason.NOT_ALLOWED,
          repository
              + " is gated: accept its terms at "
              + page
              + ", then set HF_TOKEN to a token that may read it"
              + (withToken ? " (this one may not)" : ""));
    }
    if (code.equals("RevisionNotFound")) {
      return notFound(repository + " has no revision '" + name.revision() + "': see " + page);
    }
    if (code.equals("EntryNotFound")) {
      return notFound(repository + " has no file '" + name.file() + "': see " + page);
    }
    if (status == 404 || code.equals("RepoNotFound") || (status == 401 && !withToken)) {
      return notFound(
          "there is no repository "
              + repository
              + " at "
              + endpoint
              + ", or it is private: check the spelling"
              + (withToken ? "" : "; for a private one, set HF_TOKEN"));
    }
    if (status == 401) {
      return new ModelStoreException(
          Reason.NOT_ALLOWED,
          endpoint
              + " refuses the token: it is wrong or has expired. Set HF_TOKEN to a new one, or to"
              + " nothing");
    }
    return new ModelStoreException(
        Reason.UNREACHABLE,
        endpoint + " answers " + status + " to " + answer.uri() + ": try again later");
  }

  private static ModelStoreException notFound(String message) {
    return new ModelStoreException(Reason.NOT_FOUND, message);
  }
}
