package dev.llamastream.store.internal.hub;

import dev.llamastream.store.ModelName.HuggingFace;
import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import dev.llamastream.store.internal.http.WebAnswer;
import java.net.URI;
import java.util.Locale;

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
      return failure(
          Reason.NOT_ALLOWED,
          "%s is gated: accept its terms at %s, then set HF_TOKEN to a token that may read it%s",
          repository,
          page,
          withToken ? " (this one may not)" : "");
    }
    if (code.equals("RevisionNotFound")) {
      return failure(
          Reason.NOT_FOUND, "%s has no revision '%s': see %s", repository, name.revision(), page);
    }
    if (code.equals("EntryNotFound")) {
      return failure(Reason.NOT_FOUND, "%s has no file '%s': see %s", repository, name.file(), page);
    }
    if (status == 404 || code.equals("RepoNotFound") || status == 401 && !withToken) {
      return failure(
          Reason.NOT_FOUND,
          "there is no repository %s at %s, or it is private: check the spelling%s",
          repository,
          endpoint,
          withToken ? "" : "; for a private one, set HF_TOKEN");
    }
    if (status == 401) {
      return failure(
          Reason.NOT_ALLOWED,
          "%s refuses the token: it is wrong or has expired. Set HF_TOKEN to a new one, or to nothing",
          endpoint);
    }
    return failure(
        Reason.UNREACHABLE, "%s answers %d to %s: try again later", endpoint, status, answer.uri());
  }

  private static ModelStoreException failure(Reason reason, String message, Object... values) {
    return new ModelStoreException(reason, String.format(Locale.ROOT, message, values));
  }
}
