"""What blueprints share: the store's opening, sign-in, bodies, answers, refusals."""
